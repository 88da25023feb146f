//! Every contradiction, and words that are known but not carried out yet. Each message says why and what
//! to write instead.

use super::{accepted, refusal, text};

const LAST: &str = r#"{"type": "forecast", "loss_steps": "last"}"#;
const REGRESSION: &str = r#"{"type": "regression"}"#;
const BOTH_WAYS: &str = r#"{"topology": "bidirectional", "cell": "lstm"}"#;
const CARRY: &str = r#"{"state": "carry"}"#;
const NO_HEAD: &str = r#"{"topology": "single", "cell": "gru", "hidden_size": 3, "head": "none"}"#;

/// `data` with some keys beside the usual path and targets.
fn data(extra: &str) -> String {
    format!(r#"{{"path": "d.csv", "targets": ["y"], {extra}}}"#)
}

#[track_caller]
fn refused(sections: &[(&str, &str)], expected: &str) {
    let message = refusal(&text(sections), &[]);
    assert!(message.contains(expected), "{message}\nexpected: {expected}");
}

#[test]
fn the_place_is_that_of_the_key() {
    let model = "{\n  \"topology\": \"single\",\n  \"cell\": \"gru\",\n  \"dropout\": 0.5\n}";
    assert!(refusal(&text(&[("model", model)]), &[]).starts_with("c.json:7:3: model.dropout: "));
    assert!(refusal(&text(&[("task", "{}")]), &[]).starts_with("c.json:3:1: task.type: "));
    assert!(refusal("{}", &[]).starts_with("c.json: task.type: is missing"));
}

#[test]
fn required_keys() {
    refused(
        &[("task", "{}")],
        "task.type: is missing; write \"forecast\", \"regression\", \"tagging\" or",
    );
    refused(&[("model", r#"{"cell": "gru"}"#)], "model.topology: is missing; write \"single\"");
    refused(&[("model", r#"{"topology": "single"}"#)], "model.cell: is missing; write \"rnn\"");
    refused(&[("data", r#"{"path": "d"}"#)], "data.targets: is missing");
    refused(&[("data", r#"{"targets": ["y"]}"#)], "data.path: is missing; name a CSV file");
    refused(
        &[("task", REGRESSION)],
        "data.inputs: is missing; list the columns a regression reads",
    );
    let schedule = |json| [("training", json)];
    refused(&schedule(r#"{"schedule": "step"}"#), "training.schedule.step_size: is missing");
    refused(&schedule(r#"{"schedule": "exponential"}"#), "training.schedule.gamma: is missing");
    refused(&schedule(r#"{"early_stopping": {}}"#), "training.early_stopping.patience: is missing");
}

#[test]
fn models_that_contradict_themselves() {
    let model = |json| [("model", json)];
    refused(
        &model(r#"{"topology": "single", "cell": "gru", "num_layers": 2}"#),
        "2 layers contradict the topology \"single\"; write \"multi\"",
    );
    refused(
        &model(r#"{"topology": "multi", "cell": "gru", "num_layers": 1}"#),
        "1 layer contradicts the topology \"multi\"",
    );
    refused(
        &model(r#"{"topology": "single", "cell": "gru", "dropout": 0.1}"#),
        "model.dropout: acts between layers, but there is only one",
    );
    refused(
        &model(r#"{"topology": "single", "cell": "lstm", "nonlinearity": "tanh"}"#),
        "model.nonlinearity: belongs to the cell \"rnn\"",
    );
    refused(
        &model(r#"{"topology": "single", "cell": "gru", "nonlinearity": "relu"}"#),
        "model.nonlinearity: belongs to the cell \"rnn\"",
    );
    refused(&model(NO_HEAD), "there are 3 hidden values (hidden_size x directions) and 1 outputs");
    let both = r#"{"topology": "bidirectional", "cell": "gru", "hidden_size": 3, "head": "none"}"#;
    refused(&[("model", both), ("task", LAST)], "there are 6 hidden values");
    accepted(&[("model", NO_HEAD), ("task", r#"{"type": "forecast", "horizon": 3}"#)]);
}

#[test]
fn tasks_that_would_read_their_answer_or_none() {
    refused(
        &[("model", BOTH_WAYS)],
        "would read, at each step, the rows it is asked to predict; write \"loss_steps\": \"last\"",
    );
    accepted(&[("model", BOTH_WAYS), ("task", LAST)]);
    refused(
        &[("task", r#"{"type": "regression", "horizon": 1}"#)],
        "task.horizon: belongs to a forecast",
    );
    refused(
        &[("task", r#"{"type": "regression", "anchor": "last"}"#)],
        "a regression does not know its targets; write \"none\"",
    );
    refused(
        &[("task", r#"{"type": "forecast", "horizon": 3, "anchor": "last"}"#), ("model", NO_HEAD)],
        "with head \"none\" the output is the hidden state itself",
    );
    refused(
        &[("data", &data(r#""inputs": ["x", "y"]"#)), ("task", REGRESSION)],
        "data.inputs[1]: \"y\" is a target: a regression would read its answer",
    );
    refused(
        &[("data", &data(r#""window": null"#)), ("task", LAST)],
        "data.window: null with a forecast and \"loss_steps\": \"last\" predicts only at a series' last row",
    );
    refused(
        &[("data", &data(r#""window": {"relative_to": "last"}"#))],
        "which is their future; write \"first\"",
    );
    refused(
        &[("data", &data(r#""window": {"length": 1, "relative_to": "first"}"#))],
        "is all zeros; write \"none\"",
    );
}

#[test]
fn carried_state_reads_a_series_in_one_go() {
    let carry = |extra: &str, expected: &str| {
        refused(&[("data", &data(extra)), ("training", CARRY)], expected);
    };
    carry(
        r#""window": null"#,
        "data.window: null makes each series one sequence, but \"state\": \"carry\" cuts",
    );
    carry(
        r#""window": {"length": 8, "stride": 4}"#,
        "stride is the length (8), not 4; take it out",
    );
    carry(
        r#""window": {"relative_to": "first"}"#,
        "data.window.relative_to: with \"state\": \"carry\"",
    );
    refused(
        &[("training", r#"{"state": "carry", "shuffle": true}"#)],
        "training.shuffle: \"state\": \"carry\" reads chunks in their order",
    );
    refused(
        &[("training", CARRY), ("task", LAST)],
        "task.loss_steps: \"last\" leaves all steps but one",
    );
    refused(
        &[("training", CARRY), ("model", BOTH_WAYS)],
        "training.state: \"carry\" hands state on in time",
    );
    refused(
        &[("training", r#"{"lanes": 2}"#)],
        "training.lanes: cuts series for \"state\": \"carry\"",
    );
    accepted(&[
        ("training", r#"{"state": "carry", "shuffle": false}"#),
        ("data", &data(r#""window": {"stride": 96, "relative_to": "none"}"#)),
    ]);
}

#[test]
fn sources_that_overlap_or_lack_something() {
    let source = |json: &str, expected: &str| {
        let json = format!(r#"{{"targets": ["y"], {json}}}"#);
        refused(&[("data", &json)], expected);
    };
    source(r#""path": "a", "train": "b""#, "data.train: stands beside data.path; write either");
    source(r#""path": "a", "test": "b""#, "data.test: stands beside data.path");
    source(r#""valid": "b""#, "data.train: is missing");
    source(r#""train": "a", "split": {"valid": 0.1}"#, "data.split: cuts data.path, but");
    source(r#""train": "a", "valid": ["b", "a"]"#, "data.valid: \"a\" is in data.train too");
    source(r#""path": ["a", "a"]"#, "data.path: \"a\" stands there twice");
    source(r#""path": []"#, "data.path: is empty");
    source(r#""train": "", "valid": "b""#, "data.train: is empty");
    refused(&[("output", r#"{"dir": ""}"#)], "output.dir: is empty");
}

#[test]
fn columns_in_two_roles() {
    let columns = |extra: &str, expected: &str| refused(&[("data", &data(extra))], expected);
    columns(r#""inputs": ["x", "z", "x"]"#, "data.inputs[2]: \"x\" stands there twice");
    refused(
        &[("data", r#"{"path": "d", "targets": ["y", {"column": "y"}]}"#)],
        "data.targets[1]: \"y\" stands there twice",
    );
    columns(r#""inputs": ["x", "t"], "time": "t""#, "data.inputs[1]: \"t\" is the time column");
    columns(r#""time": "y""#, "data.targets[0]: \"y\" is the time column");
    columns(r#""series": "y""#, "data.targets[0]: \"y\" names the series");
    columns(r#""series": ["t", "id"], "time": "t""#, "data.series: \"t\" is the time column");
    columns(r#""series": ["id", "id"]"#, "data.series: \"id\" stands there twice");
    columns(r#""series": ["id", "@file"]"#, "data.series: \"@file\" makes each file a series");
    columns(r#""series": []"#, "data.series: is empty");
    columns(r#""time": """#, "data.time: is empty");
    columns(r#""inputs": []"#, "data.inputs: is an empty list");
    columns(
        r#""missing": "interpolate""#,
        "data.missing: \"interpolate\" looks at the next known value",
    );
    columns(
        r#""inputs": ["y", "@hours"]"#,
        "data.inputs[1]: unknown name of the calendar \"@hours\"; did you mean \"@hour\"?",
    );
    columns(
        r#""time": null, "inputs": ["y", "@hour"]"#,
        "data.inputs[1]: \"@hour\" is told by the time of a row",
    );
    columns(
        r#""time": "t", "inputs": [{"column": "@hour", "scale": "none"}]"#,
        "data.inputs[0].scale: is not an option of \"@hour\"",
    );
    columns(
        r#""inputs": [{"column": "p", "ahead": true, "static": true}]"#,
        "data.inputs[0].ahead: is the same in all rows of its series",
    );
    refused(
        &[("data", r#"{"path": "d", "targets": [{"column": "y", "ahead": true}]}"#)],
        "data.targets[0].ahead: is about what is known",
    );
    columns(r#""missing": {"spellings": []}"#, "data.missing.spellings: is an empty list");
    let twice = r#""missing": {"spellings": ["x", "x"]}"#;
    columns(twice, "data.missing.spellings: \"x\" stands there twice");
    columns(r#""inputs": [""]"#, "data.inputs[0]: the name of the column is empty");
    columns(r#""inputs": [{"scale": "none"}]"#, "data.inputs[0]: has no \"column\"");
    columns(r#""scale": {"per": "series"}"#, "data.scale.per: \"series\" needs data.series");
}

#[test]
fn splits_that_cannot_be_dealt() {
    let split = |extra: &str, expected: &str| {
        let json = data(&format!(r#""time": "t", "series": "id", "split": {extra}"#));
        refused(&[("data", &json)], expected);
    };
    split(
        r#"{"train": 0.7, "valid": 0.2, "test": 0.2}"#,
        "the fractions add up to 1.0999999999999999, more than all rows",
    );
    split(r#"{"valid": 0.5, "test": 0.5}"#, "valid and test take all rows; leave some to fit on");
    split(r#"{"valid": 0.9, "test": 0.9}"#, "the fractions add up to 1.8");
    split(
        r#"{"train": 0.7, "valid": 0.2}"#,
        "data.split.train: with it, write \"valid\" and \"test\" too",
    );
    split(
        r#"{"train": 0, "valid": 0.2, "test": 0}"#,
        "data.split.train: 0 leaves no rows to fit on",
    );
    split(r#"{"seed": 3}"#, "data.split.seed: chooses whole series, but this split is by time");
    split(
        r#"{"by": "series", "valid": "2017-06-26"}"#,
        "data.split.valid: a date cuts rows in time",
    );
    split(r#"{"valid": 0.1, "test": "2017-10-24"}"#, "data.split.test: a date beside a number");
    split(
        r#"{"valid": "2017-10-24", "test": "2017-10-24"}"#,
        "data.split.valid: two parts begin at the same time",
    );
    refused(
        &[("data", &data(r#""split": {"test": "2017-10-24"}"#))],
        "data.split.test: a date needs data.time",
    );
    refused(
        &[("data", &data(r#""split": {"by": "series"}"#))],
        "data.split.by: \"series\" deals whole series, but all rows are one",
    );
}

#[test]
fn what_watches_validation_rows_needs_some() {
    let split = data(r#""split": {"test": 0.2}"#);
    let files = r#"{"train": "a", "test": "b", "targets": ["y"]}"#;
    let stopping = ("training", r#"{"early_stopping": {"patience": 3}}"#);
    let plateau = ("training", r#"{"schedule": "plateau"}"#);
    refused(
        &[("data", &split), stopping],
        "there are no validation rows; give data.split.valid a part",
    );
    refused(&[("data", files), stopping], "there are no validation rows; name files in data.valid");
    refused(&[("data", &split), plateau], "training.schedule: \"plateau\" watches valid_loss, but");
    refused(&[("data", files), plateau], "training.schedule: \"plateau\" watches valid_loss, but");
}

#[test]
fn options_of_another_kind() {
    let training = |json: &str, expected: &str| refused(&[("training", json)], expected);
    training(
        r#"{"optimizer": {"momentum": 0.9}}"#,
        "training.optimizer.momentum: is not an option of \"adam\" (it has learning_rate, betas, eps, weight_decay)",
    );
    training(
        r#"{"optimizer": {"type": "sgd", "betas": [0.9, 0.9]}}"#,
        "training.optimizer.betas: is not an option of \"sgd\"",
    );
    training(
        r#"{"optimizer": {"type": "rmsprop", "nesterov": true}}"#,
        "training.optimizer.nesterov: is not an option of \"rmsprop\"",
    );
    training(
        r#"{"optimizer": {"type": "adamw", "alpha": 0.9}}"#,
        "training.optimizer.alpha: is not an option of \"adamw\"",
    );
    training(
        r#"{"optimizer": {"type": "sgd", "nesterov": true}}"#,
        "training.optimizer.nesterov: is a form of momentum, which is 0",
    );
    training(
        r#"{"schedule": {"type": "cosine", "gamma": 0.9}}"#,
        "training.schedule.gamma: is not an option of \"cosine\"",
    );
    training(
        r#"{"schedule": {"step_size": 3}}"#,
        "training.schedule.step_size: is not an option of \"constant\"",
    );
    training(
        r#"{"schedule": {"type": "step", "step_size": 3, "patience": 1}}"#,
        "training.schedule.patience: is not an option of \"step\"",
    );
    training(
        r#"{"schedule": {"type": "cosine", "min_learning_rate": 0.1}}"#,
        "0.1 is above the optimizer's learning_rate 0.001",
    );
    training(
        r#"{"loss": {"type": "mae", "delta": 1}}"#,
        "training.loss.delta: is not an option of \"mae\"",
    );
    training(
        r#"{"on_non_finite": {"limit": 3}}"#,
        "training.on_non_finite.limit: is not an option of \"stop\"",
    );
    training(r#"{"loss": {"delta": 1}}"#, "training.loss.delta: is not an option of \"mse\"");
}

#[test]
fn words_nobody_knows_and_words_of_later_versions() {
    let near = [
        ("task", r#"{"type": "forcast"}"#, "unknown value \"forcast\"; did you mean \"forecast\"?"),
        ("task", r#"{"loss_steps": "al"}"#, "did you mean \"all\"?"),
        ("model", r#"{"topology": "bidirectinal"}"#, "did you mean \"bidirectional\"?"),
        ("model", r#"{"cell": "LSTM"}"#, "did you mean \"lstm\"?"),
        (
            "model",
            r#"{"cell": "transformer"}"#,
            "unknown value \"transformer\"; known: \"rnn\", \"lstm\", \"gru\"",
        ),
        (
            "training",
            r#"{"optimizer": "adm"}"#,
            "training.optimizer: unknown value \"adm\"; did you mean \"adam\"?",
        ),
        (
            "training",
            r#"{"schedule": {"type": "cosin"}}"#,
            "training.schedule.type: unknown value \"cosin\"; did you mean \"cosine\"?",
        ),
        ("training", r#"{"loss": "msee"}"#, "did you mean \"mse\"?"),
        ("training", r#"{"state": "cary"}"#, "did you mean \"carry\"?"),
        ("data", r#"{"scale": "standrad"}"#, "did you mean \"standard\"?"),
        ("data", r#"{"window": {"relative_to": "frist"}}"#, "did you mean \"first\"?"),
    ];
    for (section, json, expected) in near {
        refused(&[(section, json)], expected);
    }
}

#[test]
fn what_is_said_of_times_has_to_fit() {
    let data = |rest: &str| format!(r#"{{"path": "d.csv", "targets": ["y"], {rest}}}"#);
    for (rest, expected) in [
        (r#""duplicates": "first""#, "data.duplicates: is about times, but there is no data.time"),
        (r#""gaps": "cut""#, "data.gaps: is about times, but there is no data.time"),
        (
            r#""time": "t", "order": "ignore", "duplicates": "first""#,
            "data.duplicates: is about times, but with",
        ),
        (
            r#""time": "t", "order": "ignore", "gaps": {"cut": 2}"#,
            "data.gaps: is about times, but with",
        ),
        (r#""time": {"column": ""}"#, "data.time: is empty"),
        (r#""time": {"zone": "UTC"}"#, "data.time: has no \"column\""),
        (
            r#""time": {"column": "t", "zone": "Berlin"}"#,
            "data.time.zone: \"Berlin\" is no known zone",
        ),
        (r#""time": {"column": "t", "format": "epoch"}"#, "did you mean \"epoch_s\"?"),
        (r#""time": {"column": "t", "format": "%H:%M"}"#, "year required to parse date"),
        (r#""time": {"column": "t", "format": "%Y-%m-%d %Z"}"#, "cannot be used as a pattern"),
        (r#""time": "t", "gaps": "cutt""#, "did you mean \"cut\"?"),
        (r#""time": "t", "gaps": {"longest": 2}"#, "unknown key \"longest\""),
        (r#""time": "t", "gaps": {}"#, "has no \"cut\""),
        (r#""time": "t", "gaps": {"cut": "2 hours"}"#, "is no span of time"),
        (r#""header": ["a", "b", "a"]"#, "\"a\" stands there twice"),
    ] {
        refused(&[("data", &data(rest))], expected);
    }
}

#[test]
fn levels_of_a_quantile_loss() {
    let loss = |levels: &str| format!(r#"{{"loss": {{"type": "quantile", "levels": {levels}}}}}"#);
    let refused = |levels: &str, expected: &str| refused(&[("training", &loss(levels))], expected);
    refused("[0.1, 0.9]", "training.loss.levels: need the median, 0.5, which is the prediction");
    refused("[0.5, 0.9]", "a level on either side of it");
    refused("[0.9, 0.5, 0.1]", "have to rise from one to the next");
    refused("[0, 0.5, 0.9]", "above 0, below 1");
    refused("[0.1, 0.5, 1]", "above 0, below 1");
    refused("[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]", "at most 9");
    accepted(&[("training", &loss("[1e-9, 0.5, 0.999]"))]);
}

#[test]
fn what_quantiles_and_intervals_do_not_go_with() {
    refused(
        &[("training", r#"{"loss": {"type": "mse", "levels": [0.1, 0.5, 0.9]}}"#)],
        "training.loss.levels: is not an option of \"mse\"; take it out, or write \"quantile\"",
    );
    refused(
        &[("training", r#"{"loss": {"type": "quantile", "delta": 1}}"#)],
        "training.loss.delta: is not an option of \"quantile\"",
    );
    refused(
        &[("training", r#"{"loss": "quantile"}"#), ("model", NO_HEAD)],
        "model.head: \"none\" makes the hidden state the output, but a quantile loss",
    );
    let task =
        |kind: &str, intervals: &str| format!(r#"{{"type": "{kind}", "intervals": {intervals}}}"#);
    let of_x = r#"{"path": "d.csv", "inputs": ["x"], "targets": ["y"]}"#;
    refused(
        &[("task", &task("regression", r#"{"adaptive": true}"#)), ("data", of_x)],
        "task.intervals.adaptive: true follows the truths that come with the rows after a forecast",
    );
    refused(
        &[("task", &task("forecast", "{}")), ("data", &data(r#""split": {"valid": 0}"#))],
        "task.intervals: are calibrated on validation rows, but there are none; give data.split.valid a part",
    );
}
