//! Tests of what a checkpoint holds.

use std::sync::Arc;

use super::*;
use crate::config::{Adam, Cell, Head, Optimizer};
use crate::data::{ScalerSet, Scalers, Vocabularies};
use crate::model::{Architecture, InputShape, Read};

fn network() -> Network {
    Network::new(Architecture {
        cell: Cell::Lstm,
        directions: 1,
        layers: 2,
        input: InputShape::numbers(2),
        hidden: 3,
        outputs: 1,
        head: Head::Linear,
        read: Read::EveryStep,
        dropout: 0.0,
        input_dropout: 0.0,
    })
}

/// A state in which every number differs from every other.
fn progress(network: &Network) -> Progress {
    let mut next = 0.0;
    let mut numbers = |count: usize| -> Vec<f32> {
        let number = |_| {
            next += 0.125;
            next
        };
        (0..count).map(number).collect()
    };
    let mut tensors = || {
        let mut tensors = Tensors::zeros(&Arc::clone(network.layout()));
        let values = numbers(tensors.as_slice().len());
        tensors.as_mut_slice().copy_from_slice(&values);
        tensors
    };
    let (params, best) = (tensors(), tensors());
    let (first, second) = (tensors().as_slice().to_vec(), tensors().as_slice().to_vec());
    let mut lanes = network.zero_state(4);
    lanes.h.iter_mut().chain(&mut lanes.c).enumerate().for_each(|(k, v)| *v = k as f32);
    Progress {
        epoch: 3,
        update: 17,
        step: (1 << 40) + 5,
        params,
        optimizer: OptimizerState { step: (1 << 33) + 1, first, second, mean: Vec::new() },
        plateau: PlateauState { learning_rate: 0.1 + 0.2, best: Some(1.0 / 3.0), bad_epochs: 2 },
        cosine_epochs: 40,
        sums: EpochSums {
            loss: LossSum { sum: 1e300 / 3.0, steps: 100, sequences: 10 },
            norms: 2.0f64.sqrt(),
            clipped: 4,
            skipped: 1,
            learning_rate: 0.1,
        },
        best: Some(Best { epoch: 2, valid_loss: Some(5e-324), params: best }),
        stopping_best: Some(0.7),
        stopping_bad: 1,
        lanes: Some(lanes),
        stopped_early: false,
    }
}

fn fresh(network: &Network) -> Progress {
    let adam = Adam { learning_rate: 0.1, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.0 };
    let len = network.layout().len();
    Progress { optimizer: OptimizerState::new(&Optimizer::Adam(adam), len), ..progress(network) }
}

fn files() -> Vec<DataFile> {
    let file = |digit: &str, bytes| DataFile { sha256: digit.repeat(64), bytes };
    vec![file("a", Some(12)), file("b", None)]
}

fn bytes(progress: &Progress, data: &[DataFile]) -> Vec<u8> {
    let scalers = Scalers::new(ScalerSet { inputs: Vec::new(), targets: Vec::new() }, Vec::new());
    let vocabularies = Vocabularies::default();
    let origin = Origin { config: "{}", data, scalers: &scalers, vocabularies: &vocabularies };
    to_bytes(progress, origin).unwrap()
}

#[test]
fn what_is_saved_is_what_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint");
    let (network, files) = (network(), files());
    let saved = progress(&network);
    std::fs::write(&path, bytes(&saved, &files)).unwrap();
    let read = Checkpoint::read(&path).unwrap();
    assert_eq!(read.data, files);
    assert_eq!(read.progress(&path, &network, fresh(&network)).unwrap(), saved);
}

/// Those of the first days said neither how large the data files were nor how many updates had been skipped.
#[test]
fn older_checkpoints_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint");
    let network = network();
    let saved = progress(&network);
    let bytes = bytes(&saved, &files());
    let mut container = Container::from_bytes(&path, &bytes).unwrap();
    container.metadata.retain(|(key, _)| key != "data_bytes");
    for (key, value) in &mut container.metadata {
        if key == "progress" {
            let shorter = value.replace(r#""skipped":1,"#, "");
            assert_ne!(*value, shorter);
            *value = shorter;
        }
    }
    std::fs::write(&path, container.to_bytes().unwrap()).unwrap();
    let read = Checkpoint::read(&path).unwrap();
    assert!(read.data.iter().all(|file| file.bytes.is_none()));
    let mut expected = saved;
    expected.sums.skipped = 0;
    assert_eq!(read.progress(&path, &network, fresh(&network)).unwrap(), expected);
}
