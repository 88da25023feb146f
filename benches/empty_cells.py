"""What empty cells cost, by policy: ETTh1 with a tenth of its cells emptied, at random or in bursts.

    python benches/empty_cells.py data/public/ETTh1.csv [target/release]

Trains a small GRU on the emptied rows under each policy of data.missing, lets it predict the emptied test rows, and
compares with what really stands there, in deviations of the train rows. Prints the table of BENCHMARKS.md. Needs nothing but
Python, and a few minutes.
"""

import csv
import json
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TRAIN, VALID, TEST, HORIZON = 8640, 2880, 2880, 24
TARGET = "OT"
SHARE = 0.1


def emptied(rows, columns, how):
    """The same rows, a tenth of the cells of each column empty."""
    rng = random.Random(7)
    rows = [list(row) for row in rows]
    for column in range(1, columns):
        holes = set()
        while len(holes) < SHARE * len(rows):
            # At random, or from half a day to two days at a time.
            length = 1 if how == "random" else rng.randint(12, 48)
            start = rng.randrange(1, len(rows))
            holes.update(range(start, min(start + length, len(rows))))
        for row in holes:
            rows[row][column] = ""
    return rows


def config(policy, columns, both_ways):
    task = {"type": "forecast", "horizon": HORIZON}
    if both_ways:
        task["loss_steps"] = "last"
    topology = "bidirectional" if both_ways else "single"
    return {
        "data": {
            "path": "rows.csv", "time": "date", "inputs": columns, "targets": [TARGET], "missing": policy,
            "split": {"valid": TRAIN_END, "test": VALID_END}, "window": {"length": 96},
        },
        "task": task,
        "model": {"topology": topology, "cell": "gru", "hidden_size": 32},
        "training": {"epochs": 5, "optimizer": {"type": "adam", "learning_rate": 0.002},
                     "schedule": {"type": "exponential", "gamma": 0.6}, "clip_grad_norm": 50.0},
    }


def score(programs, header, rows, truth, policy, both_ways):
    """Mean squared error in train deviations, and the share of test rows without a prediction."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        with open(folder / "rows.csv", "w", newline="") as file:
            csv.writer(file).writerows([header] + rows)
        (folder / "c.json").write_text(json.dumps(config(policy, header[1:], both_ways)))
        run = [str(programs / "rnn-train"), "--config", "c.json", "--out", "run", "--quiet"]
        subprocess.run(run, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(folder / "rows.csv") as file:
            out = subprocess.run([str(programs / "rnn-predict"), "--model", "run"], cwd=folder, check=True,
                                 stdin=file, capture_output=True, text=True).stdout
    predictions = list(csv.reader(out.splitlines()))[1:]
    deviation = statistics.pstdev(truth[:TRAIN])
    errors, without = [], 0
    first, end = TRAIN + VALID - 1, TRAIN + VALID + TEST - HORIZON
    for row in range(first, end):
        cells = predictions[row][1:]
        if not cells[0]:
            without += 1
            continue
        errors += [((float(cell) - truth[row + 1 + step]) / deviation) ** 2 for step, cell in enumerate(cells)]
    return statistics.fmean(errors) if errors else float("nan"), without / (end - first)


def main():
    global TRAIN_END, VALID_END
    source, programs = Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "target/release").resolve()
    with open(source, newline="") as file:
        header, *rows = list(csv.reader(file))
    rows = rows[: TRAIN + VALID + TEST]
    TRAIN_END, VALID_END = rows[TRAIN][0], rows[TRAIN + VALID][0]
    truth = [float(row[header.index(TARGET)]) for row in rows]
    print("| network | policy | at random | in bursts |")
    print("|---|---|---|---|")
    for both_ways, policies in [(False, ["drop", "ffill", "mask"]), (True, ["ffill", "mask", "interpolate"])]:
        name = "both ways" if both_ways else "forward"
        whole, _ = score(programs, header, rows, truth, "error", both_ways)
        print(f"| {name} | nothing empty | {whole:.4f} | {whole:.4f} |", flush=True)
        for policy in policies:
            cells = []
            for how in ["random", "bursts"]:
                try:
                    error, without = score(programs, header, emptied(rows, len(header), how), truth, policy, both_ways)
                    note = f" ({100 * without:.0f} % without)" if without else ""
                    cells.append(f"{error:.4f}{note}")
                except subprocess.CalledProcessError:
                    cells.append("no window left")
            print(f"| {name} | `{policy}` | {cells[0]} | {cells[1]} |", flush=True)


if __name__ == "__main__":
    main()
