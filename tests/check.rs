//! `--check` on the shipped configs: what is known to be sound is said to be, what is known to drift is named.

use std::path::Path;

use rnn::config::Config;
use rnn::job::check;
use rnn::terminal::Screen;

fn audit(name: &str, sets: &[&str]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs").join(name);
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    let config = Config::load(&path, &sets).unwrap_or_else(|error| panic!("{error}"));
    check(&config, Screen::PLAIN).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_pump_has_no_fault() {
    for name in
        ["pump-single.json", "pump-soft-sensor.json", "pump-stateful.json", "textbook-rnn.json"]
    {
        let text = audit(name, &[]);
        assert!(text.contains("nothing found that would hurt"), "{name}:\n{text}");
    }
}

#[test]
fn prices_drift_and_each_series_is_counted() {
    let text = audit("prices-next-day.json", &[]);
    assert!(text.contains("every weekday"), "{text}");
    assert!(text.contains("strong drift from the train rows in \"close\""), "{text}");
    assert!(!text.contains("run across"), "weekends and holidays are no gaps that hurt:\n{text}");
}

#[test]
fn lines_fit_a_terminal_but_for_long_names() {
    for name in ["pump-multi.json", "pump-bidirectional.json", "prices-next-day.json"] {
        let text = audit(name, &["model.hidden_size=8"]);
        let long = text.lines().filter(|line| line.chars().count() > 80);
        assert_eq!(long.collect::<Vec<_>>(), Vec::<&str>::new(), "{name}");
    }
}
