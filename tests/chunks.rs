//! Outputs that are made in chunks of time give the bits of all outputs at once, whatever the size of a chunk; in
//! training and in prediction.

use std::path::Path;

use rnn::config::Config;
use rnn::data::{Dataset, Encoder, PartRows, Roles, Scalers, Table, Vocabularies};
use rnn::error::Result;
use rnn::model::{Network, initial_params};
use rnn::random::{self, Purpose};
use rnn::serve::{Plan, Predictor, WordsOf};
use rnn::store::architecture;
use rnn::train::{Control, Event, Observer, Trainer};

/// Updates that are compared.
const UPDATES: u64 = 3;

struct Stop;

impl Observer for Stop {
    fn on(&mut self, event: Event<'_>) -> Result<Control> {
        let done = matches!(event, Event::Step { progress, .. } if progress.step == UPDATES);
        Ok(if done { Control::Stop } else { Control::Go })
    }
}

/// Rows of four numbers and one of 40 words, in series of some lengths.
fn csv(lengths: &[usize]) -> String {
    let mut text = String::from("series,a,b,c,d,word\n");
    for (series, &length) in lengths.iter().enumerate() {
        for row in 0..length {
            let words = random::bits(1, Purpose::Data, [series as u64, row as u64]);
            let [a, b, c, d] = words.map(random::uniform);
            let word = words[0] % 40;
            text += &format!("s{series},{a},{b},{c},{d},w{word}\n");
        }
    }
    text
}

/// The parameters after some updates, and the loss until then.
fn trained(config: &Config, csv: &str, threads: usize, most: usize) -> (Vec<u32>, u64) {
    let roles = Roles::new(config);
    let table = Table::read_stream(csv.as_bytes(), Path::new("-"), "made up", &roles);
    let train = PartRows::whole(table.expect("rows"));
    let encoder = Encoder::new(config, Vocabularies::fit(&config.data, &roles, &train, false));
    let mut dataset = Dataset { train, valid: None, test: None, left_out: 0, pace: None };
    dataset.read_words(&encoder);
    let train = &dataset.train;
    let values = train.table.series.iter().map(|s| (&s.key[..], s.rows_between(0, s.rows())));
    let scalers = Scalers::fit(&config.data, &encoder.roles, values);
    let network = Network::new(architecture(config, &encoder));
    assert!(network.architecture().outputs > network.width(), "else there are no chunks");
    let mut trainer = Trainer::new(config, &dataset, &encoder, &scalers, &network);
    trainer.hold_outputs(most);
    let mut progress = trainer.start(initial_params(&network, 1));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| trainer.run(&mut progress, &mut Stop)).expect("trained");
    assert_eq!(progress.step, UPDATES);
    let params = progress.params.as_slice().iter().map(|x| x.to_bits()).collect();
    (params, progress.sums.loss.sum.to_bits())
}

#[track_caller]
fn check(csv: &str, outputs: usize, config: &str) {
    let config = Config::parse(config, "tests/chunks.rs", Path::new(""), &[]).expect("a config");
    let whole = trained(&config, csv, 1, usize::MAX);
    for (threads, most) in [(1, 1), (3, 1), (2, 2 * 256 * outputs), (3, 700 * outputs)] {
        let chunks = trained(&config, csv, threads, most);
        assert!(chunks == whole, "at most {most} numbers, {threads} threads");
    }
}

/// 37 windows are two blocks of 16 rows and one of 5; of that a step lies in two chunks.
#[test]
fn of_windows() {
    check(
        &csv(&[400]),
        18,
        r#"{
            "data": {"path": "made-up.csv", "inputs": ["a", "b"], "targets": ["a", "c"],
                     "split": {"valid": 0, "test": 0}, "window": {"length": 150}},
            "task": {"type": "forecast", "horizon": 9},
            "model": {"topology": "multi", "cell": "gru", "hidden_size": 9, "dropout": 0.2},
            "training": {"batch_size": 37, "clip_grad_norm": 100}
        }"#,
    );
}

/// Sequences of all lengths, and targets that are not known at their ends.
#[test]
fn of_whole_series() {
    let lengths: Vec<usize> = (0..60).map(|k| 20 + k * 37 % 311).collect();
    check(
        &csv(&lengths),
        34,
        r#"{
            "data": {"path": "made-up.csv", "series": "series", "inputs": ["a"], "targets": ["a", "b"],
                     "split": {"valid": 0, "test": 0}, "window": null},
            "task": {"type": "forecast", "horizon": 17},
            "model": {"topology": "single", "cell": "lstm", "hidden_size": 12},
            "training": {"batch_size": 20, "loss": "huber"}
        }"#,
    );
}

#[test]
fn of_both_directions() {
    check(
        &csv(&[500]),
        3,
        r#"{
            "data": {"path": "made-up.csv", "inputs": ["a"], "targets": ["b", "c", "d"],
                     "split": {"valid": 0, "test": 0}, "window": {"length": 99}},
            "task": {"type": "regression"},
            "model": {"topology": "bidirectional", "cell": "rnn", "hidden_size": 1},
            "training": {"batch_size": 18}
        }"#,
    );
}

/// Classes are outputs too: 40 for each of the two steps ahead.
#[test]
fn of_classes() {
    check(
        &csv(&[400]),
        80,
        r#"{
            "data": {"path": "made-up.csv", "inputs": ["a", {"column": "word", "type": "category"}],
                     "targets": [{"column": "word", "type": "category"}],
                     "split": {"valid": 0, "test": 0}, "window": {"length": 150}},
            "task": {"type": "forecast", "horizon": 2},
            "model": {"topology": "single", "cell": "gru", "hidden_size": 9, "input_dropout": 0.2},
            "training": {"batch_size": 37}
        }"#,
    );
}

/// Many rows at hand, each with so many outputs that a worker makes them in several goes, and row by row.
#[test]
fn of_predictions() {
    let text = r#"{
        "data": {"path": "made-up.csv", "inputs": ["a", "b"], "targets": ["a"],
                 "split": {"valid": 0, "test": 0}, "window": {"length": 50, "stride": 50}},
        "task": {"type": "forecast", "horizon": 400},
        "model": {"topology": "single", "cell": "gru", "hidden_size": 5},
        "training": {"state": "carry"}
    }"#;
    let config = Config::parse(text, "tests/chunks.rs", Path::new(""), &[]).expect("a config");
    let encoder = Encoder::new(&config, Vocabularies::default());
    let csv = csv(&[1500]);
    let table = Table::read_stream(csv.as_bytes(), Path::new("-"), "made up", &encoder.roles);
    let part = PartRows::whole(table.expect("rows"));
    let values = part.table.series.iter().map(|s| (&s.key[..], s.rows_between(0, s.rows())));
    let scalers = Scalers::fit(&config.data, &encoder.roles, values);
    let network = Network::new(architecture(&config, &encoder));
    let params = initial_params(&network, 1);
    let plan = Plan::new(&config);
    assert_eq!(plan, Plan::Running);
    let predicted = |one_by_one: bool| {
        let mut predictor = Predictor::new(
            &network,
            &params,
            &encoder,
            &scalers,
            plan,
            WordsOf::Table(&part.table.words),
        );
        let series = &part.table.series[0];
        let (track, _) = predictor.series(&series.key);
        for row in 0..series.rows() {
            predictor.push(track, series.row(row), Some(row as u64));
            if one_by_one {
                predictor.flush();
            }
        }
        predictor.end();
        predictor.take()
    };
    let together = predicted(false);
    assert_eq!(together.len(), 1500);
    assert!(together == predicted(true), "some prediction differs");
}
