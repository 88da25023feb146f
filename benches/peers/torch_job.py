"""A whole training job in plain PyTorch: reads a config of ours (a windowed forecast of one CSV by an lstm or gru) and
does the same with it: the same windows, network, epochs, loss, optimizer, schedule and clipping; validation rows scored
after every epoch, the best model kept and saved, test rows scored in the end. `compare.py` times it, start-up included.

    python3 benches/peers/torch_job.py configs/pump-multi.json THREADS FOLDER

Prints the error (RMSE) over all targets and steps of the test rows, to show that it is the same job."""

import csv
import json
import math
import pathlib
import sys

import torch


class Network(torch.nn.Module):
    def __init__(self, model, inputs, outputs):
        super().__init__()
        kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[model["cell"]]
        hidden, layers = model["hidden_size"], model.get("num_layers", 1)
        self.rnn = kind(inputs, hidden, layers, batch_first=True, dropout=model.get("dropout", 0.0))
        self.head = torch.nn.Linear(hidden, outputs)

    def forward(self, x, last=False):
        h = self.rnn(x)[0]
        return self.head(h[:, -1] if last else h)


class Data:
    """Columns as tensors, and windows of them."""

    def __init__(self, config, folder):
        data, window = config["data"], config["data"]["window"]
        self.length, self.stride, self.horizon = window["length"], window["stride"], config["task"]["horizon"]
        columns = list(dict.fromkeys(data["inputs"] + data["targets"]))
        with open(folder / data["path"], newline="") as lines:
            rows = csv.reader(lines)
            header = next(rows)
            places = [header.index(column) for column in columns]
            values = torch.tensor([[float(row[place]) for place in places] for row in rows], dtype=torch.float64)
        count = len(values)
        valid, test = (int(data["split"][part] * count) for part in ("valid", "test"))
        self.train = count - valid - test
        self.parts = {"valid": (self.train, self.train + valid), "test": (self.train + valid, count)}
        scale = values[: self.train].std(dim=0, correction=0)
        pick = lambda names: [columns.index(name) for name in names]
        inputs, targets = pick(data["inputs"]), pick(data["targets"])
        self.scale = scale[targets]
        self.inputs = (values / scale)[:, inputs]
        self.targets = (values / scale)[:, targets]

    def windows(self, last):
        """Windows that end at some rows, counted from their first row: [rows, length, inputs]."""
        places = last[:, None] + torch.arange(1 - self.length, 1)
        x = self.inputs[places]
        return (x - x[:, :1]).float()

    def ahead(self, rows):
        """Targets of the steps after some rows, counted from the rows' own: [..., targets x horizon]."""
        places = rows[..., None] + torch.arange(1, self.horizon + 1)
        change = self.targets[places] - self.targets[rows][..., None, :]
        return change.transpose(-1, -2).flatten(-2).float()

    def training(self):
        """All train windows with the targets of each of their steps."""
        ends = torch.arange(self.length - 1, self.train - self.horizon, self.stride)
        steps = ends[:, None] + torch.arange(1 - self.length, 1)
        return self.windows(ends), self.ahead(steps)

    def scored(self, part):
        """Windows and targets of the rows of a part."""
        first, end = self.parts[part]
        rows = torch.arange(first - 1, end - self.horizon)
        return self.windows(rows), self.ahead(rows)


@torch.inference_mode()
def errors(network, x, y):
    network.eval()
    guesses = torch.cat([network(x, last=True) for x in x.split(256)])
    network.train()
    return guesses - y


def main():
    path, threads, out = pathlib.Path(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3])
    torch.set_num_threads(threads)
    config = json.loads(path.read_text())
    training = config["training"]
    torch.manual_seed(training["seed"])
    data = Data(config, path.parent)
    x, y = data.training()
    valid, test = data.scored("valid"), data.scored("test")
    network = Network(config["model"], x.shape[2], y.shape[2])
    optimizer = torch.optim.Adam(network.parameters(), lr=training["optimizer"]["learning_rate"])
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, training["epochs"])
    best = math.inf
    for _ in range(training["epochs"]):
        for rows in torch.randperm(len(x)).split(training["batch_size"]):
            optimizer.zero_grad()
            error = network(x[rows]) - y[rows]
            loss = error.square().mean(dim=2).sum() / len(rows)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), training["clip_grad_norm"])
            optimizer.step()
        schedule.step()
        loss = errors(network, *valid).square().mean().item()
        if loss < best:
            best = loss
            torch.save(network.state_dict(), out / "best.pt")
    network.load_state_dict(torch.load(out / "best.pt"))
    error = errors(network, *test).unflatten(1, (len(data.scale), data.horizon)) * data.scale[:, None]
    print(error.square().mean().sqrt().item())


main()
