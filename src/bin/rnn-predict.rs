//! See `rnn::cli::predict`.

fn main() -> std::process::ExitCode {
    rnn::cli::run(&rnn::cli::predict::MANUAL, rnn::cli::predict::run)
}
