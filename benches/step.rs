//! How long a whole training step takes (windows filled, forward, loss, backward, clip, Adam), and a prediction
//! from a window of rows: `cargo bench --bench step`. Times of a shared machine are noisy; compare only what one
//! run has measured. With `-- --serve` it answers requests instead, as `benches/peers/torch_steps.py` does.

use std::path::Path;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use rnn::config::Config;
use rnn::data::{Dataset, Encoder, PartRows, Scalers, Table, Vocabularies};
use rnn::error::Result;
use rnn::kernel::{Packed, Start};
use rnn::model::{Network, Tensors, initial_params};
use rnn::random::{self, Purpose};
use rnn::serve::{Plan, Predictor, WordsOf};
use rnn::store::architecture;
use rnn::train::{Control, Event, Observer, Trainer};
use serde::Deserialize;

/// A network and the batches it is trained on.
#[derive(Deserialize)]
struct Shape {
    #[serde(default)]
    name: String,
    directions: usize,
    cell: String,
    batch: usize,
    steps: usize,
    inputs: usize,
    hidden: usize,
    layers: usize,
}

/// Time spent on one shape; at least three steps are measured.
const PATIENCE: Duration = Duration::from_secs(3);
const WARM_UP: usize = 2;

fn main() -> Result<()> {
    if std::env::args().any(|argument| argument == "--serve") {
        return serve();
    }
    let shape = |name: &str,
                 directions,
                 cell: &str,
                 [batch, steps, inputs, hidden, layers]: [usize; 5]| Shape {
        name: name.into(),
        directions,
        cell: cell.into(),
        batch,
        steps,
        inputs,
        hidden,
        layers,
    };
    let shapes = [
        shape("rnn     32x96x7,  32, 1", 1, "rnn", [32, 96, 7, 32, 1]),
        shape("lstm    32x96x7,  32, 1", 1, "lstm", [32, 96, 7, 32, 1]),
        shape("gru     32x96x7,  32, 1", 1, "gru", [32, 96, 7, 32, 1]),
        shape("lstm    32x96x7,  64, 2", 1, "lstm", [32, 96, 7, 64, 2]),
        shape("rnn bi  64x96x7,  64, 2", 2, "rnn", [64, 96, 7, 64, 2]),
        shape("lstm    64x96x7, 128, 2", 1, "lstm", [64, 96, 7, 128, 2]),
        shape("gru     64x96x7, 128, 2", 1, "gru", [64, 96, 7, 128, 2]),
    ];
    println!(
        "batch x timesteps x inputs, hidden, layers; {} threads",
        rayon::current_num_threads()
    );
    println!(
        "{:25}  {:>10}  {:>10}  {:>13}",
        "training step", "median ms", "least ms", "sequences/s"
    );
    for shape in &shapes {
        let mut times = training_steps(shape, PATIENCE, false)?;
        times.sort_by(f64::total_cmp);
        let median = times[times.len() / 2];
        println!(
            "{:25}  {:>10.2}  {:>10.2}  {:>13.0}",
            shape.name,
            1e3 * median,
            1e3 * times[0],
            shape.batch as f64 / median
        );
    }
    println!("\n{:25}  {:>10}  {:>10}", "prediction, us a row", "many rows", "one by one");
    for shape in shapes.iter().filter(|shape| shape.directions == 1) {
        let (many, single) = (predictions(shape, false)?, predictions(shape, true)?);
        println!("{:25}  {:>10.1}  {:>10.1}", shape.name, 1e6 * many, 1e6 * single);
    }
    Ok(())
}

/// A line of JSON in, a line out: `{"seconds": [...]}`, one number per step or per window predicted.
#[derive(Deserialize)]
struct Request {
    #[serde(flatten)]
    shape: Option<Shape>,
    /// One product of two square matrices of this size instead: the peak that shares are counted from.
    product: Option<usize>,
    threads: usize,
    seconds: f64,
    #[serde(default)]
    predict: bool,
    /// Seconds of the processor instead of the clock's; of one thread.
    #[serde(default)]
    cpu: bool,
}

fn serve() -> Result<()> {
    for line in std::io::stdin().lines() {
        let request: Request =
            serde_json::from_str(&line.expect("a line of input")).expect("a request");
        let pool = rayon::ThreadPoolBuilder::new().num_threads(request.threads).build();
        let seconds =
            pool.expect("threads").install(|| match (&request.shape, request.product) {
                (_, Some(size)) => Ok((0..10).map(|_| product(size)).collect()),
                (Some(shape), _) if request.predict => {
                    let (started, mut seconds) = (Instant::now(), Vec::new());
                    while started.elapsed().as_secs_f64() < request.seconds || seconds.len() < 2 {
                        seconds.push(predictions(shape, false)?);
                    }
                    Ok(seconds)
                }
                (Some(shape), _) => {
                    let patience = Duration::from_secs_f64(request.seconds);
                    training_steps(shape, patience, request.cpu)
                }
                (None, None) => panic!("neither a shape nor a product"),
            })?;
        println!("{}", serde_json::json!({ "seconds": seconds }));
    }
    Ok(())
}

/// Seconds of one product, packing left out.
fn product(size: usize) -> f64 {
    let (a, mut c) = (vec![0.5; size * size], vec![0.0; size * size]);
    let mut b = Packed::new();
    b.pack(&a, size, size);
    let started = Instant::now();
    let rows = a.par_chunks(64 * size).zip(c.par_chunks_mut(64 * size));
    rows.for_each(|(a, c)| b.product(a, a.len() / size, Start::Zero, c));
    started.elapsed().as_secs_f64()
}

/// All that training and prediction need.
struct Bench {
    config: Config,
    encoder: Encoder,
    dataset: Dataset,
    scalers: Scalers,
    network: Network,
    params: Tensors,
}

impl Bench {
    fn new(shape: &Shape) -> Result<Self> {
        let config = Config::parse(&config_text(shape), "benches/step.rs", Path::new(""), &[])?;
        let encoder = Encoder::new(&config, Vocabularies::default());
        let rows = 16 * shape.batch + shape.steps - 1; // whole batches
        let csv = csv(rows, shape.inputs + 1);
        let table = Table::read_stream(csv.as_bytes(), Path::new("-"), "made up", &encoder.roles)?;
        let train = PartRows::whole(table);
        let values = train.table.series.iter().map(|s| (&s.key[..], s.rows_between(0, s.rows())));
        let scalers = Scalers::fit(&config.data, &encoder.roles, values);
        let network = Network::new(architecture(&config, &encoder));
        let params = initial_params(&network, 1);
        let dataset = Dataset { train, valid: None, test: None, left_out: 0, pace: None };
        Ok(Self { config, encoder, dataset, scalers, network, params })
    }
}

fn config_text(shape: &Shape) -> String {
    let inputs: Vec<String> = (0..shape.inputs).map(|k| format!("\"x{k}\"")).collect();
    let topology = match (shape.directions, shape.layers) {
        (2, _) => "bidirectional",
        (_, 1) => "single",
        _ => "multi",
    };
    format!(
        r#"{{
            "data": {{"path": "made-up.csv", "inputs": [{}], "targets": ["x{}"],
                      "split": {{"valid": 0, "test": 0}}, "window": {{"length": {}}}}},
            "task": {{"type": "regression"}},
            "model": {{"topology": "{}", "cell": "{}", "hidden_size": {}, "num_layers": {}}},
            "training": {{"epochs": 100000, "batch_size": {}, "clip_grad_norm": 1000000.0}}
        }}"#,
        inputs.join(", "),
        shape.inputs,
        shape.steps,
        topology,
        shape.cell,
        shape.hidden,
        shape.layers,
        shape.batch
    )
}

/// Noise: the time of a step does not depend on what is learnt.
fn csv(rows: usize, columns: usize) -> String {
    let names: Vec<String> = (0..columns).map(|k| format!("x{k}")).collect();
    let mut text = names.join(",") + "\n";
    for row in 0..rows as u64 {
        let cells = (0..columns as u64).map(|column| {
            let [word, ..] = random::bits(1, Purpose::Data, [row, column]);
            random::uniform(word).to_string()
        });
        text += &(cells.collect::<Vec<_>>().join(",") + "\n");
    }
    text
}

/// Takes the time from update to update.
struct Clock {
    started: Instant,
    last: f64,
    seconds: Vec<f64>,
    patience: Duration,
    cpu: bool,
}

impl Clock {
    fn new(patience: Duration, cpu: bool) -> Self {
        Self { started: Instant::now(), last: 0.0, seconds: Vec::new(), patience, cpu }
    }

    /// Seconds since the start, or that this thread has been running.
    fn now(&self) -> f64 {
        if !self.cpu {
            return self.started.elapsed().as_secs_f64();
        }
        let path = "/proc/thread-self/schedstat"; // first of all: nanoseconds on a processor
        let text = std::fs::read_to_string(path).expect("a Linux system");
        let word = text.split_whitespace().next().expect("a number");
        1e-9 * word.parse::<f64>().expect("a number")
    }
}

impl Observer for Clock {
    fn on(&mut self, event: Event<'_>) -> Result<Control> {
        if matches!(event, Event::Step { .. }) {
            self.seconds.push(self.now() - self.last);
        }
        self.last = self.now();
        let enough = self.started.elapsed() > self.patience && self.seconds.len() > WARM_UP + 2;
        Ok(if enough { Control::Stop } else { Control::Go })
    }
}

/// Seconds of each step.
fn training_steps(shape: &Shape, patience: Duration, cpu: bool) -> Result<Vec<f64>> {
    let bench = Bench::new(shape)?;
    let Bench { config, encoder, dataset, scalers, network, params } = &bench;
    let mut trainer = Trainer::new(config, dataset, encoder, scalers, network);
    let mut progress = trainer.start(params.clone());
    let mut clock = Clock::new(patience, cpu);
    trainer.run(&mut progress, &mut clock)?;
    Ok(clock.seconds.split_off(WARM_UP))
}

/// Mean seconds a row: with many rows at hand, or with each answered before the next one comes.
fn predictions(shape: &Shape, one_by_one: bool) -> Result<f64> {
    let bench = Bench::new(shape)?;
    let plan = Plan::new(&bench.config);
    let series = &bench.dataset.train.table.series[0];
    let words = WordsOf::Table(&[]);
    let mut predictor =
        Predictor::new(&bench.network, &bench.params, &bench.encoder, &bench.scalers, plan, words);
    let (track, _) = predictor.series(&series.key);
    // The first rows fill the window; they are not timed.
    (0..shape.steps).for_each(|row| predictor.push(track, series.row(row), None));
    let started = Instant::now();
    let (mut answers, timed) = (0, shape.steps..series.rows());
    for row in timed.clone() {
        predictor.push(track, series.row(row), Some(row as u64));
        if one_by_one {
            predictor.flush();
            answers += predictor.take().len();
        }
    }
    predictor.end();
    answers += predictor.take().len();
    assert_eq!(answers, timed.len(), "every row has an answer");
    Ok(started.elapsed().as_secs_f64() / timed.len() as f64)
}
