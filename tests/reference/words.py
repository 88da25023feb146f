"""What PyTorch computes for networks that read words and put out classes: the numbers ours are held against.

Writes words.json and classes.json beside this file, by the same rules as generate.py.
"""

import copy

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

from generate import Network, close, number, singles, tensor, tensors, write


# ---- A network over numbers, embeddings and spellings -----------------------------------------------------------


def characters(cell, alphabet, embedding, hidden):
    """A bidirectional layer over the characters of a word, with a table of its own."""
    layer = {"lstm": nn.LSTM, "gru": nn.GRU}[cell](embedding, hidden, batch_first=True, bidirectional=True)
    layer.embedding = nn.Embedding(alphabet, embedding)
    return layer


def encode(layer, spellings):
    """The final states of both directions, side by side, for a list of spellings."""
    lengths = torch.tensor([len(spelling) for spelling in spellings])
    padded = pad_sequence([torch.tensor(spelling) for spelling in spellings], batch_first=True)
    packed = pack_padded_sequence(layer.embedding(padded), lengths, batch_first=True, enforce_sorted=False)
    _, final = layer(packed)
    final = final[0] if isinstance(final, tuple) else final
    return torch.cat(list(final), dim=-1)


class WordNetwork(Network):
    """`embedding.*` and `characters.*` before what Network has."""

    def __init__(self, cell, layers, directions, numbers, tables, spelt, hidden, classes, loss_steps):
        widths = sum(width for _, _, width in tables) + (2 * spelt["hidden"] if spelt else 0)
        super().__init__(cell, layers, directions, numbers + widths, hidden, classes, loss_steps)
        self.embedding = nn.ModuleDict({name: nn.Embedding(size, width) for name, size, width in tables})
        if spelt:
            layer = characters(spelt["cell"], spelt["alphabet"], spelt["embedding"], spelt["hidden"])
            self.characters = nn.ModuleDict({spelt["name"]: layer})

    def forward(self, numbers, tokens, spellings, lengths):
        features = [numbers]
        for k, table in enumerate(self.embedding.values()):
            features.append(table(tokens[:, :, k]))
        for layer in getattr(self, "characters", {}).values():
            batch, steps = tokens.shape[:2]
            words = [spellings[b][t] if t < len(spellings[b]) else [0] for b in range(batch) for t in range(steps)]
            features.append(encode(layer, words).reshape(batch, steps, -1))
        return super().forward(torch.cat(features, dim=-1), lengths)


def class_loss(y, labels, lengths, classes, weights):
    """Mean over the targets of a step that are present (an absent label is -100), sum over a sequence's real steps,
    mean over the sequences that have at least one term. `y` (B, n, targets x classes), `labels` (B, n, targets)."""
    present = (labels >= 0) & (torch.arange(labels.shape[1]) < lengths[:, None])[:, :, None]
    terms = F.cross_entropy(
        y.reshape(-1, classes), torch.where(present, labels, -100).flatten(), weight=weights, reduction="none"
    ).reshape(labels.shape)
    per_step = terms.sum(-1) / present.sum(-1).clamp(min=1)
    return per_step.sum() / present.any(-1).any(-1).sum()


def label_list(labels):
    """`null` for a label that is absent."""
    return [[[None if label < 0 else label for label in step] for step in row] for row in labels.tolist()]


def word_case(seed, cell, layers, directions, numbers, tables, spelt, loss_steps, weights):
    torch.manual_seed(seed)
    hidden, classes, lengths = 4, 3, torch.tensor([6, 5, 3, 3, 1])
    batch, steps = len(lengths), int(lengths.max())
    single = WordNetwork(cell, layers, directions, numbers, tables, spelt, hidden, classes, loss_steps)
    network = copy.deepcopy(single).double()

    padding = (torch.arange(steps) >= lengths[:, None])[:, :, None]
    x = singles(batch, steps, numbers).masked_fill(padding, 0.0)
    draws = [torch.randint(size, (batch, steps)) for _, size, _ in tables]
    tokens = torch.stack(draws, dim=-1) if draws else torch.zeros(batch, steps, 0, dtype=torch.long)
    tokens = tokens.masked_fill(padding, 0)
    spellings = [[] for _ in lengths]
    if spelt:  # few, so that they come again
        some = [torch.randint(spelt["alphabet"], (1 + k,)).tolist() for k in range(6)]
        spellings = [[some[torch.randint(6, ()).item()] for _ in range(length)] for length in lengths]
    label_steps = steps if loss_steps == "all" else 1
    labels = torch.randint(classes, (batch, label_steps, 1))
    if loss_steps == "all":
        labels = labels.masked_fill(padding, -100)
        labels[1, 2] = -100  # a step without a label
        labels[4] = -100  # a sequence without any: it is not counted in B
    weights = None if weights is None else torch.tensor(weights).double()

    def result(network, x, weights):
        _, _, y = network(x, tokens, spellings, lengths)
        y = y if loss_steps == "all" else y[:, None]
        return y, class_loss(y, labels, lengths if loss_steps == "all" else torch.ones_like(lengths), classes, weights)

    y, loss = result(network, x, weights)
    loss.backward()
    as_float32, _ = result(single, x.float(), None if weights is None else weights.float())
    assert close(as_float32, y), f"{seed}: float32 strays from double"

    case = {"cell": cell, "layers": layers, "directions": directions, "loss_steps": loss_steps}
    case |= {"input_size": numbers, "hidden_size": hidden, "outputs": classes, "lengths": lengths.tolist()}
    case |= {"embeddings": [{"name": n, "size": s, "width": w} for n, s, w in tables], "characters": spelt}
    case |= {"class_weights": None if weights is None else [number(w) for w in weights.tolist()]}
    case |= {"parameters": tensors(network.named_parameters()), "inputs": tensor(x), "tokens": tokens.tolist()}
    case |= {"spellings": spellings, "labels": label_list(labels)}
    y = y.masked_fill(padding, 0.0) if loss_steps == "all" else y
    case |= {"prediction": tensor(y), "loss": number(loss.item())}
    case["gradients"] = tensors((name, p.grad) for name, p in network.named_parameters())
    return case


def words():
    word, suffix = ("word", 9, 5), ("suffix", 6, 3)
    spelt = {"name": "word", "cell": "lstm", "alphabet": 7, "embedding": 3, "hidden": 4}
    gated = {"name": "word", "cell": "gru", "alphabet": 5, "embedding": 2, "hidden": 3}
    uneven = [0.5, 2.0, 1.25]
    write(
        "words.json",
        cases=[
            word_case(1, "lstm", 1, 1, 0, [word], None, "all", None),
            word_case(2, "lstm", 1, 2, 2, [word, suffix], None, "all", uneven),
            word_case(3, "gru", 2, 2, 2, [word, suffix], spelt, "all", uneven),
            word_case(4, "rnn_tanh", 1, 1, 0, [], gated, "all", None),
            word_case(5, "lstm", 1, 2, 3, [word], gated, "last", uneven),
            word_case(6, "gru", 1, 1, 0, [suffix], spelt, "last", None),
        ],
    )


# ---- Cross-entropy ----------------------------------------------------------------------------------------------


def classes():
    """Steps of three targets with four classes each: ordinary and huge outputs; a ragged batch with labels absent."""
    torch.manual_seed(21)
    count, targets, lengths = 4, 3, torch.tensor([4, 3, 2, 1])
    huge = torch.tensor([1000.0, -1000.0, 999.0, 0.0, 3e4, 3e4, -3e4, 3e4, -700.0, -710.0, -720.0, -705.0]).double()
    labels = torch.randint(count, (4, 4, targets))
    labels[0, 1, 2] = labels[0, 3, 0] = labels[0, 3, 1] = -100
    labels[1, 2] = -100  # a step without any label
    labels[2, :2] = -100  # a sequence without any
    cases = []
    for weights in (None, [0.25, 1.0, 3.0, 1.5]):
        as_tensor = None if weights is None else torch.tensor(weights).double()
        case = {"classes": count, "class_weights": weights, "steps": []}
        for y in (singles(targets * count), huge):
            y = y.clone().requires_grad_()
            step = torch.tensor([1, 3, 0])
            value = class_loss(y[None, None], step[None, None], torch.tensor([1]), count, as_tensor)
            value.backward()
            shown = {"prediction": tensor(y), "labels": step.tolist(), "value": number(value.item())}
            shown |= {"gradient": tensor(y.grad), "probabilities": tensor(y.reshape(-1, count).softmax(-1).flatten())}
            case["steps"].append(shown)
        y = singles(4, 4, targets * count).requires_grad_()
        value = class_loss(y, labels, lengths, count, as_tensor)
        value.backward()
        case["batch"] = {"lengths": lengths.tolist(), "prediction": tensor(y), "labels": label_list(labels)}
        case["batch"] |= {"value": number(value.item()), "gradient": tensor(y.grad)}
        cases.append(case)
    write("classes.json", cases=cases)


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    words()
    classes()
