"""Shows that a `model.safetensors` of ours is an ordinary PyTorch model: reads it with the `safetensors` package, builds
the network that its own metadata names, and lets `load_state_dict` take the tensors as they are.

    python load_model.py RUN/model.safetensors
"""

import json
import sys

import torch
from safetensors import safe_open
from torch import nn


def part_of(tensors, prefix):
    """The tensors of one part of the network, without its prefix."""
    return {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}


def recurrent(model, input_size):
    """torch.nn.RNN, LSTM or GRU from the `model` keys of the config."""
    bidirectional = model["topology"] == "bidirectional"
    layers = model.get("num_layers") or {"single": 1, "multi": 2, "bidirectional": 1}[model["topology"]]
    options = {"num_layers": layers, "bidirectional": bidirectional, "batch_first": True}
    options["dropout"] = model.get("dropout") or 0.0
    if model["cell"] == "rnn":
        options["nonlinearity"] = model.get("nonlinearity") or "tanh"
    return {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[model["cell"]](input_size, model["hidden_size"], **options)


def main(path):
    with safe_open(path, framework="pt") as file:
        model = json.loads(file.metadata()["model"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}

    weights = part_of(tensors, "rnn.")
    rnn = recurrent(model, weights["weight_ih_l0"].shape[1]).eval()
    rnn.load_state_dict(weights)  # strict: every name and shape, none left over

    x = torch.randn(2, 5, rnn.input_size)
    output, _ = rnn(x)
    if model.get("head", "linear") == "linear":
        head_weights = part_of(tensors, "head.")
        head = nn.Linear(*reversed(head_weights["weight"].shape))
        head.load_state_dict(head_weights)
        output = head(output)
    assert output.isfinite().all(), "the network's output is not finite"

    known = ("rnn.", "head.", "embedding.")
    unknown = [name for name in tensors if not name.startswith(known)]
    assert not unknown, f"tensors of no part of the network: {unknown}"
    print(f"ok: {rnn}, {sum(t.numel() for t in tensors.values())} numbers, output {tuple(output.shape)}")


if __name__ == "__main__":
    main(sys.argv[1])
