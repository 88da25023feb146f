"""What PyTorch computes for small networks, losses, optimizers and schedules: the numbers ours are held against.

Writes networks.json, trajectories.json, losses.json and schedules.json beside this file. Everything is seeded and
runs on one thread. Values are those of double precision, started from weights and inputs that float32 holds
exactly; PyTorch's own float32 results are checked to lie within 1e-5 of them.
"""

import copy
import inspect
import itertools
import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

FOLDER = Path(__file__).parent
CELLS = ["rnn_tanh", "rnn_relu", "lstm", "gru"]


# ---- The network: torch.nn.RNN / LSTM / GRU and a linear head, on padded batches --------------------------------


class Network(nn.Module):
    """`rnn.*` and `head.*`: the parameter names are those of our model files."""

    def __init__(self, cell, layers, directions, inputs, hidden, outputs, loss_steps="all"):
        super().__init__()
        options = {"num_layers": layers, "bidirectional": directions == 2, "batch_first": True}
        kind, *nonlinearity = cell.split("_")
        if nonlinearity:
            options["nonlinearity"] = nonlinearity[0]
        self.rnn = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[kind](inputs, hidden, **options)
        self.head = nn.Linear(directions * hidden, outputs)
        self.loss_steps = loss_steps

    def forward(self, inputs, lengths, initial=None):
        """Outputs (B, n, directions x hidden), 0 at padding; final states, h and for lstm c; what the head says."""
        packed = pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
        output, final = self.rnn(packed, initial)
        output, _ = pad_packed_sequence(output, batch_first=True, total_length=inputs.shape[1])
        final = final if isinstance(final, tuple) else (final,)
        features = output
        if self.loss_steps == "last":  # the top layer's final state of each direction, side by side
            features = torch.cat(list(final[0][-(2 if self.rnn.bidirectional else 1) :]), dim=-1)
        return output, final, self.head(features)


def single_losses(kind, y, targets, delta=1.0):
    """The loss of every single output."""
    if kind == "huber":
        return F.huber_loss(y, targets, reduction="none", delta=delta)
    return {"mse": F.mse_loss, "mae": F.l1_loss}[kind](y, targets, reduction="none")


def sequence_loss(kind, y, targets, lengths, delta=1.0):
    """Mean over the outputs of a step that are present (a missing target is nan), sum over a sequence's real steps,
    mean over the sequences that have at least one term."""
    if y.dim() == 2:  # one prediction per sequence
        y, targets, lengths = y[:, None], targets[:, None], torch.ones_like(lengths)
    steps = torch.arange(y.shape[1])
    present = ~targets.isnan() & (steps < lengths[:, None])[:, :, None]
    terms = torch.where(present, single_losses(kind, y, targets.nan_to_num(), delta), 0.0)
    per_step = terms.sum(-1) / present.sum(-1).clamp(min=1)
    return per_step.sum() / present.any(-1).any(-1).sum()


# ---- JSON: tensors as shape and values, nine significant digits (which bring any float32 back exactly) ----------


def number(x):
    return None if x != x else float(f"{x:.9g}")


def tensor(t):
    return {"shape": list(t.shape), "values": [number(x) for x in t.detach().double().flatten().tolist()]}


def tensors(named):
    return {name: tensor(t) for name, t in named}


def write(name, **content):
    text = json.dumps({"torch": torch.__version__.split("+")[0], **content}, separators=(",", ":"), allow_nan=False)
    (FOLDER / name).write_text(text + "\n")
    print(f"{name}: {len(text):,} bytes")


def singles(*shape):
    """Normal random numbers that float32 holds exactly, as doubles."""
    return torch.randn(*shape).double()


# ---- Networks: outputs, final states, loss, every gradient ------------------------------------------------------


def close(a, b, tolerance=1e-5):
    return (a.double() - b).abs().max() <= tolerance * b.abs().max()


def network_case(cell, layers, directions, loss_steps="all", given_state=False):
    torch.manual_seed(CELLS.index(cell) * 100 + layers * 10 + directions)
    inputs, hidden, outputs, lengths = 3, 4, 2, torch.tensor([7, 6, 4, 4, 1])
    batch, steps = len(lengths), int(lengths.max())
    single = Network(cell, layers, directions, inputs, hidden, outputs, loss_steps)
    network = copy.deepcopy(single).double()

    padding = (torch.arange(steps) >= lengths[:, None])[:, :, None]
    x = singles(batch, steps, inputs).masked_fill(padding, 0.0)
    every_step = singles(batch, steps, outputs).masked_fill(padding, 0.0)
    targets = every_step if loss_steps == "all" else singles(batch, outputs)
    initial = None
    if given_state:
        count = 2 if cell == "lstm" else 1
        initial = tuple(singles(layers * directions, batch, hidden) * 0.5 for _ in range(count))
        initial = tuple(state.float().double() for state in initial)

    as_argument = initial if initial is None or cell == "lstm" else initial[0]
    output, final, y = network(x, lengths, as_argument)
    loss = sequence_loss("mse", y, targets, lengths)
    loss.backward()

    if initial is None:
        for ours, theirs in zip(single(x.float(), lengths)[::2], (output, y)):
            assert close(ours, theirs), f"{cell}: float32 strays from double"

    case = {"cell": cell, "layers": layers, "directions": directions, "loss_steps": loss_steps}
    case |= {"input_size": inputs, "hidden_size": hidden, "outputs": outputs, "lengths": lengths.tolist()}
    case |= {"parameters": tensors(network.named_parameters()), "inputs": tensor(x), "targets": tensor(targets)}
    for name, state in zip(("initial_hidden", "initial_cell"), initial or ()):
        case[name] = tensor(state)
    case |= {"output": tensor(output), "final_hidden": tensor(final[0])}
    if cell == "lstm":
        case["final_cell"] = tensor(final[1])
    y = y.masked_fill(padding, 0.0) if loss_steps == "all" else y
    case |= {"prediction": tensor(y), "loss": number(loss.item())}
    case["gradients"] = tensors((name, p.grad) for name, p in network.named_parameters())
    return case


def networks():
    cases = [network_case(*key) for key in itertools.product(CELLS, (1, 3), (1, 2))]
    cases += [network_case(cell, layers, 2, "last") for cell, layers in itertools.product(CELLS, (1, 3))]
    cases += [network_case(cell, 1, 1, "last") for cell in ("lstm", "gru")]
    shapes = itertools.product(CELLS, ((3, 1), (1, 2)))
    cases += [network_case(cell, *shape, given_state=True) for cell, shape in shapes]
    write("networks.json", cases=cases)


# ---- Ten training steps under every optimizer -------------------------------------------------------------------

SGD, ADAM, ADAMW, RMSPROP = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop
OPTIMIZERS = [
    ("sgd", SGD, {"lr": 0.1}),
    ("sgd", SGD, {"lr": 0.1, "weight_decay": 0.05}),
    ("sgd", SGD, {"lr": 0.1, "momentum": 0.9}),
    ("sgd", SGD, {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.05}),
    ("sgd", SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("sgd", SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.05}),
    ("adam", ADAM, {"lr": 0.02}),
    ("adam", ADAM, {"lr": 0.02, "weight_decay": 0.05}),
    ("adam", ADAM, {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-3}),
    ("adamw", ADAMW, {"lr": 0.02}),
    ("adamw", ADAMW, {"lr": 0.02, "weight_decay": 0.0}),
    ("adamw", ADAMW, {"lr": 0.02, "weight_decay": 0.5}),
    ("rmsprop", RMSPROP, {"lr": 0.02}),
    ("rmsprop", RMSPROP, {"lr": 0.02, "weight_decay": 0.05}),
    ("rmsprop", RMSPROP, {"lr": 0.02, "centered": True, "momentum": 0.9}),
    ("rmsprop", RMSPROP, {"lr": 0.02, "centered": True, "momentum": 0.9, "weight_decay": 0.05, "alpha": 0.9, "eps": 1e-3}),
]
# Every number that enters the update rule, so that a reader needs no default of PyTorch's.
RULE = ["lr", "momentum", "nesterov", "betas", "alpha", "eps", "centered", "weight_decay"]


def train(initial, batches, kind, options, clip, steps=10):
    network = copy.deepcopy(initial)
    optimizer = kind(network.parameters(), **options)
    losses, norms = [], []
    for step in range(steps):
        lengths, inputs, targets = batches[step % len(batches)]
        optimizer.zero_grad()
        loss = sequence_loss("mse", network(inputs, lengths)[2], targets, lengths)
        loss.backward()
        norms.append(nn.utils.clip_grad_norm_(network.parameters(), clip).item())
        losses.append(loss.item())
        optimizer.step()
    return network, optimizer.defaults, losses, norms


def trajectories():
    torch.manual_seed(7)
    initial = Network("lstm", 1, 1, 2, 3, 1).double()
    with torch.no_grad():
        for p in initial.parameters():
            p.copy_(p.float())
    clip = 1.5
    batches = []
    for lengths in ([6, 5, 3, 2], [6, 4, 4, 1], [5, 2]):  # the last batch is a partial one
        lengths = torch.tensor(lengths)
        batches.append((lengths, singles(len(lengths), 6, 2), singles(len(lengths), 6, 1)))

    runs = []
    for name, kind, options in OPTIMIZERS:
        network, used, losses, norms = train(initial, batches, kind, options, clip)
        clipped = sum(norm > clip for norm in norms)
        in_float32 = [(n, x.float(), y.float()) for n, x, y in batches]
        as_float32, *_ = train(copy.deepcopy(initial).float(), in_float32, kind, options, clip)
        for ours, theirs in zip(as_float32.parameters(), network.parameters()):
            assert close(ours, theirs), f"{name}: float32 strays from double"
        assert 0 < clipped < len(norms), f"{name}: {clipped} steps clipped of {len(norms)}: show both sides"
        run = {"optimizer": name, "options": {key: used[key] for key in RULE if key in used}}
        run |= {"losses": [number(x) for x in losses], "gradient_norms": [number(x) for x in norms]}
        runs.append(run | {"parameters": tensors(network.named_parameters())})
    shown = [{"lengths": n.tolist(), "inputs": tensor(x), "targets": tensor(y)} for n, x, y in batches]
    shape = {"cell": "lstm", "layers": 1, "directions": 1, "input_size": 2, "hidden_size": 3, "outputs": 1}
    shape["loss_steps"] = "all"
    start = tensors(initial.named_parameters())
    write("trajectories.json", network=shape, parameters=start, clip_grad_norm=clip, batches=shown, runs=runs)


# ---- Losses -----------------------------------------------------------------------------------------------------


def losses():
    """A vector whose differences are 0 (twice), at and beside the corners of huber; a ragged batch with holes."""
    torch.manual_seed(11)
    differences = torch.tensor([0.0, -2.0, -1.0, -0.25, 0.0, 1e-4, 0.25, 0.5, 1.0, 3.0]).double()
    vector_targets = torch.arange(10).double() / 4 - 1
    nan = float("nan")
    lengths = torch.tensor([4, 3, 2, 1])
    targets = singles(4, 4, 3)
    targets[0, 1, 2] = targets[0, 3, 0] = targets[0, 3, 1] = nan
    targets[1, 2] = nan  # a step without any target
    targets[2, :2] = nan  # a sequence without any: it is not counted in B

    cases = []
    for kind, delta in (("mse", 1.0), ("mae", 1.0), ("huber", 1.0), ("huber", 0.25)):
        y = (vector_targets + differences).requires_grad_()
        value = single_losses(kind, y, vector_targets, delta).mean()
        value.backward()
        case = {"loss": kind, "delta": delta}
        case["vector"] = {"prediction": tensor(y), "target": tensor(vector_targets)}
        case["vector"] |= {"value": number(value.item()), "gradient": tensor(y.grad)}

        y = singles(4, 4, 3).requires_grad_()
        value = sequence_loss(kind, y, targets, lengths, delta)
        value.backward()
        case["batch"] = {"lengths": lengths.tolist(), "prediction": tensor(y), "target": tensor(targets)}
        case["batch"] |= {"value": number(value.item()), "gradient": tensor(y.grad)}
        cases.append(case)
    write("losses.json", cases=cases)


# ---- Learning rates, epoch by epoch -----------------------------------------------------------------------------

SCHEDULES = torch.optim.lr_scheduler
SHAPE = ["gamma", "eta_min", "factor", "patience", "threshold", "min_lr"]  # with a default of PyTorch's
METRICS = [1.0, 0.9, 0.89995, 0.9, 0.8, 0.8, float("nan"), 0.81, 0.79995, 0.79, 0.9, 0.9, 0.9, 0.9, 0.7, 0.7, 0.7, 0.7]


def rates(kind, metrics=None, epochs=18, **options):
    """The rate each epoch is trained with. PyTorch's defaults where `options` is silent."""
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.1)
    schedule = kind(optimizer, **options)
    used = []
    for epoch in range(epochs):
        used.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step(*([metrics[epoch]] if metrics else []))
    return [number(rate) for rate in used]


def schedules():
    falling = [1.0 / (epoch + 1) for epoch in range(5)]
    stuck = falling + [0.5] * 25
    step, exponential = SCHEDULES.StepLR, SCHEDULES.ExponentialLR
    cosine, plateau = SCHEDULES.CosineAnnealingLR, SCHEDULES.ReduceLROnPlateau
    cases = [("step", step, {"step_size": 5}, None), ("step", step, {"step_size": 3, "gamma": 0.5}, None)]
    cases += [("exponential", exponential, {"gamma": 0.9}, None)]
    cases += [("cosine", cosine, {"T_max": 18}, None), ("cosine", cosine, {"T_max": 18, "eta_min": 0.01}, None)]
    cases += [("plateau", plateau, {}, stuck)]
    cases += [("plateau", plateau, {"factor": 0.5, "patience": 1}, METRICS)]
    cases += [("plateau", plateau, {"factor": 0.5, "patience": 0, "threshold": 0.02, "min_lr": 0.02}, METRICS)]
    listed = []
    for name, kind, options, metrics in cases:
        epochs = len(metrics) if metrics else 18
        defaults = {key: p.default for key, p in inspect.signature(kind).parameters.items() if key in SHAPE}
        case = {"schedule": name, "options": defaults | options, "learning_rate": 0.1}
        if metrics:
            case["metrics"] = [number(metric) for metric in metrics]
        listed.append(case | {"rates": rates(kind, metrics, epochs, **options)})
    write("schedules.json", cases=listed)


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    networks()
    trajectories()
    losses()
    schedules()
