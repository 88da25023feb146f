//! See `rnn::cli::train`.

fn main() -> std::process::ExitCode {
    rnn::cli::run("rnn-train", rnn::cli::train::run)
}
