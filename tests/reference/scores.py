"""Measures and baselines by NumPy and SciPy alone, for tests/scores.rs: writes scores.json.

Definitions are those of the README. Everything is computed from plain lists of rows, in loops or whole arrays,
nothing of the library is used.
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy.linalg import cho_factor, cho_solve

PENALTIES = [1e-6, 1e-4, 1e-2, 1.0, 100.0]


def numbers():
    """Predictions beside truths, in no order, with zeros among both."""
    rng = np.random.default_rng(1)
    truth = np.round(rng.normal(3, 2, 40), 6)
    predicted = np.round(truth + rng.normal(0, 1, 40), 6)
    truth[3], predicted[3] = 0, 0
    truth[4] = 0
    low, high = np.round(predicted - 1.1, 6), np.round(predicted + 0.9, 6)
    change = 0.75
    error = predicted - truth
    size = np.abs(predicted) + np.abs(truth)
    share = np.divide(200 * np.abs(error), size, out=np.zeros_like(size), where=size > 0)
    levels = [0.1, 0.5, 0.9]

    def pinball(level, quantile):
        off = truth - quantile
        return float(np.mean(np.maximum(level * off, (level - 1) * off)))

    return {
        "truth": truth.tolist(), "predicted": predicted.tolist(), "low": low.tolist(), "high": high.tolist(),
        "change": change,
        "mse": float(np.mean(error**2)), "mae": float(np.mean(np.abs(error))),
        "rmse": float(np.sqrt(np.mean(error**2))), "smape": float(np.mean(share)),
        "mase": float(np.mean(np.abs(error)) / change),
        "r2": float(1 - np.sum(error**2) / np.sum((truth - truth.mean()) ** 2)),
        "coverage": float(np.mean((low <= truth) & (truth <= high))), "width": float(np.mean(high - low)),
        "levels": levels, "quantile_loss": [pinball(level, q) for level, q in zip(levels, [low, predicted, high])],
    }


def classes():
    """Chances of four classes beside what came true; class 3 never comes true."""
    rng = np.random.default_rng(2)
    outputs = rng.normal(0, 1.5, (200, 4))
    chances = np.exp(outputs) / np.exp(outputs).sum(1, keepdims=True)
    chances = np.round(chances, 6)
    truth = rng.integers(0, 3, 200)
    predicted = chances.argmax(1)
    top = chances.max(1)
    right = predicted == truth
    f1 = []
    for label in np.union1d(truth, predicted):
        both = np.sum((truth == label) & (predicted == label))
        f1.append(2 * both / (np.sum(truth == label) + np.sum(predicted == label)))
    edges = np.linspace(0, 1, 16)
    bins = np.clip(np.searchsorted(edges, top, side="left") - 1, 0, 14)
    apart = sum(abs(right[bins == b].sum() - top[bins == b].sum()) for b in range(15))
    return {
        "chances": chances.tolist(), "truth": truth.tolist(),
        "accuracy": float(right.mean()), "macro_f1": float(np.mean(f1)),
        "log_loss": float(-np.mean(np.log(chances[np.arange(200), truth]))),
        "calibration_error": float(apart / 200),
    }


def figures(predicted, truth, change, scale, offset):
    """Of one target; arrays [rows, steps], `change`, `scale` and `offset` broadcast to them."""
    error = predicted - truth
    size = np.abs(predicted) + np.abs(truth)
    share = np.divide(200 * np.abs(error), size, out=np.zeros_like(size), where=size > 0)
    scaled = (truth - offset) / scale
    return {
        "mse": np.mean(error**2), "mae": np.mean(np.abs(error)), "rmse": np.sqrt(np.mean(error**2)),
        "r2": 1 - np.sum(error**2) / np.sum((truth - truth.mean()) ** 2), "smape": np.mean(share),
        "mase": np.mean(np.abs(error) / change), "mse_scaled": np.mean((error / scale) ** 2),
        "mae_scaled": np.mean(np.abs(error / scale)),
        "r2_scaled": 1 - np.sum((error / scale) ** 2) / np.sum((scaled - scaled.mean()) ** 2),
    }


def ridge(train, valid):
    """Weights of the penalty that errs least on the validation rows."""
    (x, y), (v, w) = train, valid
    weights = [
        cho_solve(cho_factor(x.T @ x + penalty * len(x) * np.eye(x.shape[1])), x.T @ y) for penalty in PENALTIES
    ]
    errors = [np.sum((v @ own - w) ** 2) for own in weights]
    return weights[int(np.argmin(errors))], PENALTIES[int(np.argmin(errors))]


def plain(value):
    if isinstance(value, dict):
        return {key: plain(of) for key, of in value.items()}
    return float(value) if isinstance(value, np.floating) else value


def forecast():
    """Two series of different size and length, two targets, six rows ahead from windows of twenty."""
    rng = np.random.default_rng(3)
    season, length, horizon = 12, 20, 6
    parts = {"A": (260, 60, 60), "B": (200, 50, 70)}
    series = {}
    for k, (key, counts) in enumerate(parts.items()):
        t = np.arange(sum(counts))
        wave = np.sin(2 * np.pi * t / season)
        walk = np.cumsum(rng.normal(0, 0.2, len(t)))
        y = 10 * (k + 1) + (k + 1) * wave + walk
        z = -3 + 0.5 * np.roll(wave, 3) + 0.01 * t + rng.normal(0, 0.1, len(t))
        series[key] = np.round(np.column_stack([y, z]), 5)
    rows = {"train": [], "valid": [], "test": []}
    of = {"scale": {}, "mean": {}, "change": {}}
    for key, values in series.items():
        train = values[: parts[key][0]]
        of["mean"][key], of["scale"][key] = train.mean(0), train.std(0)
        of["change"][key] = np.abs(train[season:] - train[:-season]).mean(0)
        a, b, c = np.cumsum(parts[key])
        # (series, origins): windows inside the train rows; the others look back.
        rows["train"].append((key, np.arange(length - 1, a - horizon)))
        rows["valid"].append((key, np.arange(a - 1, b - horizon)))
        rows["test"].append((key, np.arange(b - 1, c - horizon)))
    steps = np.arange(1, horizon + 1)

    def regression(part):
        x, y = [], []
        for key, origins in rows[part]:
            for k in range(2):
                unit = series[key][:, k] / of["scale"][key][k]
                last = unit[origins][:, None]
                x.append(unit[origins[:, None] - np.arange(1, length)] - last)
                y.append(unit[origins[:, None] + steps] - last)
        return np.concatenate(x), np.concatenate(y)

    weights, penalty = ridge(regression("train"), regression("valid"))
    guesses = {name: {} for name in ["last_value", "seasonal_naive", "drift", "train_mean", "ridge"]}
    truth, change, scale, offset = {}, {}, {}, {}
    for k in range(2):
        parts_of = {name: [] for name in [*guesses, "truth", "change", "scale", "offset"]}
        for key, origins in rows["test"]:
            values = series[key][:, k]
            last = values[origins][:, None]
            ones = np.ones((len(origins), horizon))
            wave = np.array([[values[t + s - season * int(np.ceil(s / season))] for s in steps] for t in origins])
            window = (values[origins[:, None] - np.arange(1, length)] - last) / of["scale"][key][k]
            parts_of["truth"].append(values[origins[:, None] + steps])
            parts_of["last_value"].append(last * ones)
            parts_of["seasonal_naive"].append(wave)
            parts_of["drift"].append(last + steps * (last - values[0]) / origins[:, None])
            parts_of["train_mean"].append(of["mean"][key][k] * ones)
            parts_of["ridge"].append(last + window @ weights * of["scale"][key][k])
            for name, value in [("change", of["change"]), ("scale", of["scale"]), ("offset", of["mean"])]:
                parts_of[name].append(value[key][k] * ones)
        joined = {name: np.concatenate(own) for name, own in parts_of.items()}
        truth[k], change[k], scale[k], offset[k] = (joined[name] for name in ["truth", "change", "scale", "offset"])
        for name in guesses:
            guesses[name][k] = joined[name]
    baselines = {}
    for name, guess in guesses.items():
        targets = {}
        for k, target in enumerate("yz"):
            both = (guess[k], truth[k], change[k], scale[k], offset[k])
            targets[target] = figures(*both)
            targets[target]["horizon"] = [figures(*(a[:, s : s + 1] for a in both)) for s in range(horizon)]
        error = np.stack([(guess[k] - truth[k]) / scale[k] for k in range(2)])
        baselines[name] = {"mse_scaled": np.mean(error**2), "mae_scaled": np.mean(np.abs(error)), "targets": targets}
    return plain({
        "season": season, "window": length, "horizon": horizon, "penalty": penalty,
        "parts": {key: list(counts) for key, counts in parts.items()},
        "series": {key: values.tolist() for key, values in series.items()}, "baselines": baselines,
    })


def regression():
    """A target from two inputs of the rows up to its own."""
    rng = np.random.default_rng(4)
    train, valid, test, window = 220, 60, 80, 5
    n = train + valid + test
    x = np.cumsum(rng.normal(0, 0.3, (n, 2)), axis=0)
    y = 2 + 1.5 * x[:, 0] - np.concatenate([[0, 0], x[:-2, 1]]) + rng.normal(0, 0.1, n)
    x, y = np.round(x, 5), np.round(y, 5)
    unit = lambda a: (a - a[:train].mean(0)) / a[:train].std(0)
    inputs, target = unit(x), unit(y)

    def rows(first, end):
        at = np.arange(first, end)
        window_of = inputs[at[:, None] - np.arange(window)]  # [rows, lags, inputs]
        return window_of.reshape(len(at), -1), target[at][:, None]

    weights, penalty = ridge(rows(window - 1, train), rows(train, train + valid))
    mean, scale = y[:train].mean(), y[:train].std()
    features, _ = rows(train + valid, n)
    guess = {"train_mean": np.full(test, mean), "ridge": mean + (features @ weights)[:, 0] * scale}
    change = np.abs(np.diff(y[:train])).mean()
    truth = y[train + valid :]
    baselines = {name: figures(own, truth, change, scale, mean) for name, own in guess.items()}
    return plain({
        "window": window, "penalty": penalty, "parts": [train, valid, test],
        "rows": np.column_stack([x, y]).tolist(), "baselines": baselines,
    })


def main():
    out = {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__},
        "numbers": numbers(), "classes": classes(), "forecast": forecast(), "regression": regression(),
    }
    path = Path(__file__).with_name("scores.json")
    path.write_text(json.dumps(out, indent=None, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
