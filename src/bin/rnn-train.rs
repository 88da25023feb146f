//! See `rnn::cli::train`.

fn main() -> std::process::ExitCode {
    rnn::cli::run(&rnn::cli::train::MANUAL, rnn::cli::train::run)
}
