//! Times training steps of candle: forward, summed MSE, backward, the norm that clipping needs, Adam; f32 on the CPU.
//!
//! Reads and answers the requests of `compare.py`, as `torch_steps.py` does. The number of threads is that of
//! `RAYON_NUM_THREADS`. Cells and optimizer are candle-nn's own; several layers are its one-layer cells in a row.

use std::io::BufRead;
use std::time::Instant;

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::rnn::{GRUConfig, LSTMConfig, gru, lstm};
use candle_nn::{AdamW, Linear, Module, Optimizer, ParamsAdamW, RNN, VarBuilder, VarMap, linear};
use serde::Deserialize;

#[derive(Clone, Deserialize, PartialEq)]
struct Shape {
    cell: String,
    batch: usize,
    steps: usize,
    inputs: usize,
    hidden: usize,
    layers: usize,
    directions: usize,
}

#[derive(Deserialize)]
struct Request {
    #[serde(flatten)]
    shape: Shape,
    seconds: f64,
}

/// A network, data and an optimizer that are kept from one request to the next.
struct Training {
    layers: Vec<Box<dyn Layer>>,
    head: Linear,
    variables: VarMap,
    optimizer: AdamW,
    x: Tensor, // [batch, steps, inputs]
    y: Tensor, // [batch, steps, 1]
}

trait Layer {
    /// `[batch, steps, inputs]` to `[batch, steps, hidden]`.
    fn forward(&self, x: &Tensor) -> Result<Tensor>;
}

impl<R: RNN> Layer for R {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (batch, steps, _) = x.dims3()?;
        // A gru gives `[batch, steps x hidden]`.
        self.states_to_tensor(&self.seq(x)?)?.reshape((batch, steps, ()))
    }
}

impl Training {
    fn new(shape: &Shape) -> Result<Self> {
        assert_eq!(shape.directions, 1, "one direction only");
        let (device, hidden) = (Device::Cpu, shape.hidden);
        let variables = VarMap::new();
        let builder = VarBuilder::from_varmap(&variables, DType::F32, &device);
        let layer = |k: usize| -> Result<Box<dyn Layer>> {
            let input = if k == 0 { shape.inputs } else { hidden };
            let builder = builder.pp(format!("layer{k}"));
            Ok(match shape.cell.as_str() {
                "lstm" => Box::new(lstm(input, hidden, LSTMConfig::default(), builder)?),
                "gru" => Box::new(gru(input, hidden, GRUConfig::default(), builder)?),
                other => panic!("no {other} here"),
            })
        };
        let layers = (0..shape.layers).map(layer).collect::<Result<Vec<_>>>()?;
        let head = linear(hidden, 1, builder.pp("head"))?;
        let adam = ParamsAdamW { lr: 1e-3, weight_decay: 0.0, ..ParamsAdamW::default() };
        let optimizer = AdamW::new(variables.all_vars(), adam)?;
        let draw = |width| Tensor::randn(0f32, 1., (shape.batch, shape.steps, width), &device);
        let (x, y) = (draw(shape.inputs)?, draw(1)?);
        Ok(Self { layers, head, variables, optimizer, x, y })
    }

    fn step(&mut self) -> Result<()> {
        let mut h = self.x.clone();
        for layer in &self.layers {
            h = layer.forward(&h)?;
        }
        let error = (self.head.forward(&h)? - &self.y)?;
        let loss = (error.sqr()?.sum_all()? / self.x.dim(0)? as f64)?;
        let mut gradients = loss.backward()?;
        let mut square = 0.0;
        for variable in self.variables.all_vars() {
            let gradient = gradients.get(&variable).expect("every variable has one");
            square += gradient.sqr()?.sum_all()?.to_scalar::<f32>()?;
        }
        if square.sqrt() > 1e6 {
            for variable in self.variables.all_vars() {
                let gradient = gradients.remove(&variable).expect("every variable has one");
                let clipped = (gradient * (1e6 / f64::from(square.sqrt())))?;
                gradients.insert(&variable, clipped);
            }
        }
        self.optimizer.step(&gradients)
    }
}

fn main() -> Result<()> {
    let mut kept: Option<(Shape, Training)> = None;
    for line in std::io::stdin().lock().lines() {
        let request: Request = serde_json::from_str(&line?).expect("a request");
        if kept.as_ref().is_none_or(|(shape, _)| *shape != request.shape) {
            let mut training = Training::new(&request.shape)?;
            (0..2).try_for_each(|_| training.step())?;
            kept = Some((request.shape, training));
        }
        let (_, training) = kept.as_mut().expect("made just now");
        let (started, mut seconds) = (Instant::now(), Vec::new());
        while started.elapsed().as_secs_f64() < request.seconds || seconds.len() < 2 {
            let before = Instant::now();
            training.step()?;
            seconds.push(before.elapsed().as_secs_f64());
        }
        println!("{}", serde_json::json!({ "seconds": seconds }));
    }
    Ok(())
}
