//! What is filled in, above all where it depends on other keys.

use std::path::PathBuf;

use rnn::config::*;

use super::accepted;

const LAST: (&str, &str) = ("task", r#"{"type": "forecast", "loss_steps": "last"}"#);
const REGRESSION: (&str, &str) = ("task", r#"{"type": "regression"}"#);
const BOTH: (&str, &str) = ("data", r#"{"path": "d.csv", "inputs": ["x"], "targets": ["y"]}"#);
const CARRY: (&str, &str) = ("training", r#"{"state": "carry"}"#);

#[test]
fn the_smallest_config_gets_the_defaults_of_the_contract() {
    let config = accepted(&[]);
    let column = Column {
        name: "y".into(),
        kind: ColumnKind::Number { scale: ScaleKind::Standard, known: Known::Now },
    };
    let adam = Adam { learning_rate: 1e-3, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.0 };
    let expected = Config {
        data: DataConfig {
            source: Some(Source::Whole(vec![PathBuf::from("conf/d.csv")])),
            dialect: Dialect { delimiter: b',', decimal: b'.' },
            header: HeaderBy::First,
            time: Some(TimeColumn { column: "t".into(), format: TimeFormat::Iso, zone: None }),
            order: Order::Error,
            duplicates: Duplicates::Error,
            gaps: Gaps::Report,
            series: SeriesBy::One,
            inputs: vec![column.clone()],
            targets: vec![column],
            split: Some(Split {
                by: SplitBy::Time,
                train: None,
                valid: Part::Fraction(0.1),
                test: Part::Fraction(0.2),
            }),
            window: Some(Window { length: 96, stride: 1, relative_to: RelativeTo::First }),
            scale_per: ScalePer::Column,
            missing: Missing::Error,
            spellings: Vec::new(),
        },
        task: TaskConfig {
            kind: TaskKind::Forecast { horizon: 1 },
            loss_steps: LossSteps::All,
            anchor: true,
            intervals: None,
            season: Season::Auto,
        },
        model: ModelConfig {
            topology: Topology::Single,
            cell: Cell::Gru,
            hidden_size: 64,
            layers: 1,
            dropout: 0.0,
            input_dropout: 0.0,
            head: Head::Linear,
        },
        training: TrainingConfig {
            epochs: 20,
            batch_size: 32,
            loss: LossKind::Mse,
            class_weights: ClassWeights::None,
            optimizer: Optimizer::Adam(adam),
            schedule: Schedule::Constant,
            warmup_steps: 0,
            clip_grad_norm: None,
            early_stopping: None,
            on_non_finite: OnNonFinite::Stop,
            shuffle: true,
            seed: 1,
            state: State::Reset,
        },
        output: OutputConfig { dir: None, checkpoint_every: CheckpointEvery::default() },
    };
    assert_eq!(config, expected);
}

#[test]
fn layers_follow_the_topology() {
    let layers = |json| accepted(&[("model", json), LAST]).model.layers;
    assert_eq!(layers(r#"{"topology": "multi", "cell": "lstm"}"#), 2);
    assert_eq!(layers(r#"{"topology": "bidirectional", "cell": "lstm"}"#), 1);
    assert_eq!(layers(r#"{"topology": "bidirectional", "cell": "lstm", "num_layers": 3}"#), 3);
    assert_eq!(layers(r#"{"topology": "single", "cell": "lstm", "num_layers": 1}"#), 1);
}

#[test]
fn windows_are_relative_to_what_the_task_may_read() {
    let window = |sections: &[_]| accepted(sections).data.window.unwrap();
    assert_eq!(window(&[LAST]).relative_to, RelativeTo::Last);
    assert_eq!(window(&[REGRESSION, BOTH]).relative_to, RelativeTo::None);
    let carried = window(&[CARRY]);
    assert_eq!(carried, Window { length: 96, stride: 96, relative_to: RelativeTo::None });
    let one = ("data", r#"{"path": "d", "targets": ["y"], "window": {"length": 1}}"#);
    assert_eq!(window(&[one]).relative_to, RelativeTo::None);
}

#[test]
fn anchor_and_shuffle_follow_head_task_and_state() {
    assert!(!accepted(&[REGRESSION, BOTH]).task.anchor);
    let bare =
        ("model", r#"{"topology": "single", "cell": "gru", "head": "none", "hidden_size": 1}"#);
    assert!(!accepted(&[bare]).task.anchor);
    assert!(!accepted(&[CARRY]).training.shuffle);
    assert_eq!(accepted(&[CARRY]).training.state, State::Carry { lanes: 1 });
}

#[test]
fn scalers_and_splits_follow_the_series() {
    let data = |extra: &str| {
        let json = format!(r#"{{"path": "d", "targets": ["y"], "inputs": ["x"]{extra}}}"#);
        accepted(&[("data", &json)]).data
    };
    assert_eq!(data(r#", "series": "id""#).scale_per, ScalePer::Series);
    assert_eq!(
        data(r#", "series": ["a", "b"]"#).series,
        SeriesBy::Columns(vec!["a".into(), "b".into()])
    );
    assert_eq!(data(r#", "series": "@file""#).scale_per, ScalePer::Column);
    assert_eq!(data(r#", "scale": "minmax", "series": "id""#).scale_per, ScalePer::Series);
    let by = |extra| data(extra).split.unwrap().by;
    assert_eq!(by(r#", "series": "id""#), SplitBy::Time);
    assert_eq!(by(r#", "window": null"#), SplitBy::Time);
    assert_eq!(by(r#", "window": null, "series": "id""#), SplitBy::Series { seed: 0 });
    assert_eq!(by(r#", "window": null, "series": "@file""#), SplitBy::Series { seed: 0 });
    let per_column = data(r#", "scale": {"per": "column"}, "series": "id""#);
    assert_eq!(per_column.scale_per, ScalePer::Column);
    let json = r#"{"path": "d", "series": "id", "inputs": ["x"], "targets": ["y"]}"#;
    assert_eq!(accepted(&[("data", json), REGRESSION]).data.scale_per, ScalePer::Column);
}

#[test]
fn an_absent_part_of_a_split_is_empty() {
    let split = |json: &str| {
        let json = format!(r#"{{"path": "d", "time": "t", "targets": ["y"], "split": {json}}}"#);
        accepted(&[("data", &json)]).data.split.unwrap()
    };
    assert_eq!(split(r#"{"valid": 0.3}"#).test, Part::Fraction(0.0));
    assert_eq!(split(r#"{"test": 100}"#).valid, Part::Fraction(0.0));
    assert_eq!(split("{}").valid, Part::Fraction(0.1));
    let all = split(r#"{"train": 8640, "valid": 2880, "test": 2880}"#);
    assert_eq!((all.train, all.test), (Some(Part::Count(8640)), Part::Count(2880)));
    let exact = split(r#"{"train": 0.7, "valid": 0.1, "test": 0.2}"#);
    assert_eq!(exact.train, Some(Part::Fraction(0.7)));
    assert_eq!(split(r#"{"test": "2017-10-24"}"#).test, Part::From("2017-10-24".into()));
}

#[test]
fn optimizers_and_schedules_have_the_defaults_of_pytorch() {
    let training = |json| accepted(&[("training", json)]).training;
    let optimizer = |json| training(json).optimizer;
    let sgd =
        Optimizer::Sgd { learning_rate: 1e-3, momentum: 0.0, nesterov: false, weight_decay: 0.0 };
    assert_eq!(optimizer(r#"{"optimizer": "sgd"}"#), sgd);
    let adamw = Adam { learning_rate: 1e-3, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.01 };
    assert_eq!(optimizer(r#"{"optimizer": "adamw"}"#), Optimizer::AdamW(adamw));
    let rmsprop = Optimizer::RmsProp {
        learning_rate: 0.01,
        alpha: 0.99,
        eps: 1e-8,
        momentum: 0.0,
        centered: false,
        weight_decay: 0.0,
    };
    assert_eq!(optimizer(r#"{"optimizer": "rmsprop"}"#), rmsprop);
    let schedule = |json| training(json).schedule;
    let step = r#"{"schedule": {"type": "step", "step_size": 5}}"#;
    assert_eq!(schedule(step), Schedule::Step { step_size: 5, gamma: 0.1 });
    let cosine = Schedule::Cosine { min_learning_rate: 0.0 };
    assert_eq!(schedule(r#"{"schedule": "cosine"}"#), cosine);
    let plateau =
        Schedule::Plateau { factor: 0.1, patience: 10, threshold: 1e-4, min_learning_rate: 0.0 };
    assert_eq!(schedule(r#"{"schedule": "plateau"}"#), plateau);
    let warm = training(r#"{"schedule": {"warmup_steps": 9}, "loss": "huber"}"#);
    assert_eq!((warm.schedule, warm.warmup_steps), (Schedule::Constant, 9));
    assert_eq!(warm.loss, LossKind::Huber { delta: 1.0 });
    let stopping = training(r#"{"early_stopping": {"patience": 5}}"#).early_stopping;
    assert_eq!(stopping, Some(EarlyStopping { patience: 5, min_delta: 0.0 }));
}
