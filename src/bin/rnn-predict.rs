//! See `rnn::cli::predict`.

fn main() -> std::process::ExitCode {
    rnn::cli::run("rnn-predict", rnn::cli::predict::run)
}
