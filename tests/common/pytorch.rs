//! What the files of tests/reference say, as the library's values.

use rnn::config::{Adam, Cell, Head, Nonlinearity, Optimizer};
use rnn::model::{
    Architecture, Block, CharactersShape, EmbeddingShape, InputShape, Network, Read, Tensors,
};
use rnn::optim::LossSum;
use serde_json::Value;

use super::reference::{count, counts, numbers, tensor, tensor_f32};

/// The sums of some sequences as one.
pub fn total(sums: &[LossSum]) -> LossSum {
    let mut total = LossSum::default();
    sums.iter().for_each(|&sum| total.add(sum));
    total
}

/// The network of a case, with words where it has them.
pub fn network(case: &Value) -> Network {
    Network::new(Architecture {
        cell: cell(&case["cell"]),
        directions: count(&case["directions"]),
        layers: count(&case["layers"]),
        input: input(case, count(&case["input_size"])),
        hidden: count(&case["hidden_size"]),
        outputs: count(&case["outputs"]),
        head: Head::Linear,
        read: if case["loss_steps"] == "last" { Read::FinalState } else { Read::EveryStep },
        dropout: 0.0,
        input_dropout: 0.0,
    })
}

fn cell(name: &Value) -> Cell {
    match name.as_str().unwrap() {
        "rnn_tanh" => Cell::Rnn(Nonlinearity::Tanh),
        "rnn_relu" => Cell::Rnn(Nonlinearity::Relu),
        "lstm" => Cell::Lstm,
        "gru" => Cell::Gru,
        other => panic!("{other}"),
    }
}

fn input(case: &Value, numbers: usize) -> InputShape {
    let name = |of: &Value| of["name"].as_str().unwrap().to_owned();
    let embedding = |e: &Value| EmbeddingShape {
        name: name(e),
        size: count(&e["size"]),
        width: count(&e["width"]),
    };
    let encoder = |c: &Value| CharactersShape {
        name: name(c),
        alphabet: count(&c["alphabet"]),
        embedding: count(&c["embedding"]),
        hidden: count(&c["hidden"]),
        cell: cell(&c["cell"]),
    };
    let embeddings = case.get("embeddings").and_then(Value::as_array).into_iter().flatten();
    let characters = case.get("characters").filter(|c| !c.is_null());
    InputShape {
        numbers,
        embeddings: embeddings.map(embedding).collect(),
        characters: characters.into_iter().map(encoder).collect(),
    }
}

/// Puts a case's tokens and spellings into a block of its lengths.
pub fn put_words(case: &Value, block: &mut Block) {
    let lengths = block.lengths().to_vec();
    for (row, t) in lengths.iter().enumerate().flat_map(|(row, &n)| (0..n).map(move |t| (row, t))) {
        for (k, token) in counts(&case["tokens"][row][t]).into_iter().enumerate() {
            block.set_token(k, t, row, token as u32);
        }
        if !case["characters"].is_null() {
            let spelling = counts(&case["spellings"][row][t]);
            let characters: Vec<u32> = spelling.into_iter().map(|c| c as u32).collect();
            block.set_characters(0, t, row, &characters);
        }
    }
}

/// Labels `(batch, n, targets)` as numbers of classes, `[n, batch, targets]`; not a number where there is none.
pub fn labels(value: &Value) -> Vec<f32> {
    let rows = value.as_array().unwrap();
    let steps = rows[0].as_array().unwrap().len();
    let of_step = |t: usize| rows.iter().flat_map(move |row| numbers(&row[t]));
    (0..steps).flat_map(of_step).map(|label| label as f32).collect()
}

/// PyTorch's tensors in our layout: the same names, the same shapes, none left over.
pub fn parameters(network: &Network, theirs: &Value) -> Tensors {
    let mut params = Tensors::zeros(network.layout());
    let entries = network.layout().entries().to_vec();
    for entry in &entries {
        assert_eq!(tensor(&theirs[&entry.name]).0, entry.shape, "shape of {}", entry.name);
        params.as_mut_slice()[entry.range()].copy_from_slice(&tensor_f32(&theirs[&entry.name]));
    }
    assert_eq!(theirs.as_object().unwrap().len(), entries.len(), "number of tensors");
    params
}

/// `(batch, n, width)` to `[n, batch, width]`.
pub fn time_major(value: &Value) -> Vec<f32> {
    let (shape, values) = (tensor(value).0, tensor_f32(value));
    let [batch, n, width] = shape[..] else { panic!("shape {shape:?}") };
    let at = |t: usize, b: usize| &values[(b * n + t) * width..][..width];
    (0..n)
        .flat_map(|t| (0..batch).map(move |b| (t, b)))
        .flat_map(|(t, b)| at(t, b))
        .copied()
        .collect()
}

/// A batch of the files: `inputs` (batch, n, features), sequences longest first.
pub fn block(batch: &Value) -> Block {
    let lengths = counts(&batch["lengths"]);
    let features = count(&batch["inputs"]["shape"][2]);
    let values = time_major(&batch["inputs"]);
    let mut block = Block::default();
    block.reset(&lengths, &input(batch, features));
    for (row, &length) in lengths.iter().enumerate() {
        for t in 0..length {
            let step = &values[(t * lengths.len() + row) * features..][..features];
            block.step_mut(t, row).copy_from_slice(step);
        }
    }
    block
}

/// `[S, B, width]` with 0 behind a sequence's end.
pub fn without_padding(block: &Block, values: &[f32], width: usize) -> Vec<f32> {
    let mut values = values.to_vec();
    for (at, values) in values.chunks_exact_mut(width).enumerate() {
        if at / block.rows() >= block.lengths()[at % block.rows()] {
            values.fill(0.0);
        }
    }
    values
}

/// The first `steps` of a batch that is padded further than its longest sequence.
pub fn time_major_cut(value: &Value, steps: usize) -> Vec<f32> {
    let shape = tensor(value).0;
    let mut values = time_major(value);
    values.truncate(steps * shape[0] * shape[2]);
    values
}

/// An update rule from PyTorch's name and numbers.
pub fn optimizer(name: &str, options: &Value) -> Optimizer {
    let number = |key: &str| options[key].as_f64().unwrap_or_else(|| panic!("{key} of {options}"));
    let flag = |key: &str| options[key].as_bool().unwrap_or_else(|| panic!("{key} of {options}"));
    let (learning_rate, weight_decay) = (number("lr"), number("weight_decay"));
    let adam = || {
        let betas = numbers(&options["betas"]);
        Adam { learning_rate, betas: (betas[0], betas[1]), eps: number("eps"), weight_decay }
    };
    match name {
        "sgd" => Optimizer::Sgd {
            learning_rate,
            momentum: number("momentum"),
            nesterov: flag("nesterov"),
            weight_decay,
        },
        "adam" => Optimizer::Adam(adam()),
        "adamw" => Optimizer::AdamW(adam()),
        "rmsprop" => Optimizer::RmsProp {
            learning_rate,
            alpha: number("alpha"),
            eps: number("eps"),
            momentum: number("momentum"),
            centered: flag("centered"),
            weight_decay,
        },
        other => panic!("{other}"),
    }
}
