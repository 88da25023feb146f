//! See `rnn::cli::eval`.

fn main() -> std::process::ExitCode {
    rnn::cli::run(&rnn::cli::eval::MANUAL, rnn::cli::eval::run)
}
