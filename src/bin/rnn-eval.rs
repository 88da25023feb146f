//! See `rnn::cli::eval`.

fn main() -> std::process::ExitCode {
    rnn::cli::run("rnn-eval", rnn::cli::eval::run)
}
