"""Times training steps of PyTorch: forward, summed MSE, backward, clip, Adam; float32 on the CPU.

Reads one JSON object per line, {"cell", "batch", "steps", "inputs", "hidden", "layers", "directions", "threads",
"seconds"}, and answers each with the seconds of every step it made in that time: {"seconds": [...]}. With "predict"
the seconds are those of one window in a batch of predictions; {"product": n} times a product of n x n matrices.
`compare.py` talks to it."""

import json
import sys
import time

import torch


class Network(torch.nn.Module):
    def __init__(self, cell, inputs, hidden, layers, directions):
        super().__init__()
        kind = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell]
        self.rnn = kind(inputs, hidden, layers, batch_first=True, bidirectional=directions == 2)
        self.head = torch.nn.Linear(hidden * directions, 1)

    def forward(self, x):
        return self.head(self.rnn(x)[0])


class Training:
    """A network, data and an optimizer that are kept from one request to the next."""

    def __init__(self, shape):
        torch.manual_seed(1)
        self.network = Network(*(shape[key] for key in ("cell", "inputs", "hidden", "layers", "directions")))
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=1e-3)
        self.x = torch.randn(shape["batch"], shape["steps"], shape["inputs"])
        self.y = torch.randn(shape["batch"], shape["steps"], 1)

    def step(self):
        self.optimizer.zero_grad()
        error = self.network(self.x) - self.y
        loss = (error * error).sum() / len(self.x)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1e6)
        self.optimizer.step()


def predict(shape):
    """Windows of a series in batches of 256: the head at the last row of each."""
    network = Network(*(shape[key] for key in ("cell", "inputs", "hidden", "layers", "directions")))
    x = torch.randn(256, shape["steps"], shape["inputs"])

    def batch():
        with torch.inference_mode():
            network.head(network.rnn(x)[0][:, -1])

    return batch, 256


def product(size):
    """One large product: the peak that shares are counted from."""
    a, b = torch.randn(size, size), torch.randn(size, size)
    return lambda: a @ b, 1


def work(request):
    """What is to be timed, and how many results one call gives."""
    if "product" in request:
        return product(request["product"])
    return predict(request) if request.get("predict") else (Training(request).step, 1)


def main():
    key = call = results = None
    for line in sys.stdin:
        request = json.loads(line)
        threads, patience = request.pop("threads"), request.pop("seconds")
        clock = time.process_time if request.pop("cpu", False) else time.perf_counter
        torch.set_num_threads(threads)
        if key != json.dumps(request):
            key = json.dumps(request)
            call, results = work(request)
            call(), call()
        seconds, start = [], time.perf_counter()
        while time.perf_counter() - start < patience or len(seconds) < 2:
            before = clock()
            call()
            seconds.append((clock() - before) / results)
        print(json.dumps({"seconds": seconds}), flush=True)


main()
