"""Times our training step and other frameworks' on the same shapes, alternately, and writes BENCHMARKS.md and its plots.

    python3 -m venv ../peers && ../peers/bin/pip install torch jax
    python3 benches/peers/compare.py --python ../peers/bin/python

The one Rust framework, candle, is a cargo project of its own; where it cannot be built, its column stays empty.

Times of a shared machine are noisy. So each shape is timed in rounds, ours and theirs in turn, and a round waits (for so
many seconds at most) until other programs leave the machine alone; what is reported are medians, and how busy others
were. After that come whole jobs, from the start of the process to its end, ours and PyTorch's; predictions from windows;
and what `cargo bench --bench parts` says of long sequences and of reading CSV. `--rows 0,3` times some rows of the table only and prints them, writing nothing; with `--cpu`
on one thread, in seconds of the processor instead of the clock's, which others on the machine disturb less."""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import report

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
KEYS = ("cell", "batch", "steps", "inputs", "hidden", "layers", "directions")
GATES = {"rnn": 1, "lstm": 4, "gru": 3}

# cell, batch, timesteps, inputs, hidden, layers, directions; and the ratio to PyTorch that is aimed at.
TABLE = [
    (("rnn", 32, 96, 7, 32, 1, 1), 0.4 / 6.0),
    (("lstm", 32, 96, 7, 32, 1, 1), 0.85 / 3.5),
    (("gru", 32, 96, 7, 32, 1, 1), 0.7 / 16.7),
    (("lstm", 32, 96, 7, 64, 2, 1), 6 / 13.2),
    (("rnn", 64, 96, 7, 64, 2, 2), 8 / 48),
    (("lstm", 64, 96, 7, 128, 2, 1), 38 / 70),
    (("lstm", 64, 96, 7, 128, 2, 2), 98 / 182),
    (("gru", 64, 96, 7, 128, 2, 1), 30 / 98),
    (("lstm", 64, 100, 32, 256, 2, 1), 145 / 204),
    (("lstm", 64, 100, 64, 512, 2, 1), 550 / 676),
    (("gru", 64, 100, 64, 512, 2, 1), 425 / 679),
    (("rnn", 64, 100, 64, 512, 2, 1), 142 / 212),
    (("lstm", 128, 100, 64, 1024, 1, 1), 1490 / 1526),
]
# What one value at a time is changed of, and to what.
JOB = "configs/pump-multi.json"
USUAL = dict(zip(KEYS, ("lstm", 64, 96, 7, 64, 1, 1)))
CURVES = {
    "steps": (12, 24, 48, 96, 192, 384),
    "batch": (8, 16, 32, 64, 128, 256),
    "hidden": (16, 32, 64, 128, 256),
    "layers": (1, 2, 3, 4),
    "threads": (1, 2),
}


def flops(shape):
    """Of a step: three products per weight; the first layer needs no gradient of its inputs."""
    width = GATES[shape["cell"]] * shape["hidden"] * shape["directions"]
    rows = shape["batch"] * shape["steps"]
    inputs = [shape["inputs"]] + [shape["hidden"] * shape["directions"]] * (shape["layers"] - 1)
    return 2 * rows * width * (sum(3 * (i + shape["hidden"]) for i in inputs) - shape["inputs"])


class Program:
    """A program that answers requests, one line of JSON each."""

    def __init__(self, command, env=None):
        env = {**os.environ, **(env or {})}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, **pipes, cwd=ROOT, env=env)

    def ask(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"{self.process.args} ended at {request}")
        return json.loads(answer)["seconds"]


def busy(seconds=0.3):
    """How many cores other programs use; ours wait for their next request meanwhile."""

    def ticks():
        with open("/proc/stat") as stat:
            numbers = [int(word) for word in stat.readline().split()[1:]]
        return sum(numbers), numbers[3] + numbers[4]

    before = ticks()
    time.sleep(seconds)
    after = ticks()
    total, idle = after[0] - before[0], after[1] - before[1]
    return (total - idle) / max(total, 1) * (os.cpu_count() or 1)


class Bench:
    def __init__(self, options):
        self.options = options
        self.programs = {"ours": Program([own_program(), "--serve"])}
        for peer in options.peers.split(","):
            if peer == "candle":
                program = candle_program()
                if program:
                    self.programs[peer] = Program([program], {"RAYON_NUM_THREADS": "2"})
            else:
                self.programs[peer] = Program([options.python, str(HERE / f"{peer}_steps.py")])

    def wait(self):
        """For other programs to be done; gives how busy they were in the end."""
        end = time.monotonic() + self.options.wait
        while True:
            others = busy()
            if others < 0.1 or time.monotonic() > end:
                return others

    def time(self, request, peers=None, rounds=None):
        """Median seconds by program, and how many cores others used, as a median of the rounds."""
        times = {name: [] for name in self.programs if name in ("ours", *(peers or self.programs))}
        if "candle" in times and not candle_has(request):
            del times["candle"]
        others, gains = [], []
        for _ in range(rounds or self.options.rounds):
            for name, seconds in times.items():
                others.append(self.wait())
                asked = {"threads": 2, "seconds": self.options.seconds, **request}
                if self.options.cpu:
                    asked.update(threads=1, cpu=True)
                # The processor's clock ticks slowly: single steps say nothing, their mean does.
                middle = statistics.mean if self.options.cpu else statistics.median
                seconds.append(middle(self.programs[name].ask(asked)))
            gains.append(self.gain())
        medians = {name: statistics.median(seconds) for name, seconds in times.items()}
        return {**medians, "busy": statistics.median(others), "gain": statistics.median(gains)}

    def gain(self):
        """How many times as fast two threads multiply as one, now: a virtual machine may have put both on one core."""
        one, two = (
            statistics.median(self.programs["ours"].ask({"product": 768, "threads": threads, "seconds": 0}))
            for threads in (1, 2)
        )
        return one / two

    def peak(self, threads, size=2048):
        """FLOP/s of one large product, ours or PyTorch's, whichever is faster on this CPU."""
        rates = []
        for name in ("ours", "torch") * self.options.rounds:
            self.wait()
            seconds = self.programs[name].ask({"product": size, "threads": threads, "seconds": 1})
            rates.append(2 * size**3 / statistics.median(seconds))
        return max(rates)


def built(name, *target, cwd=ROOT, env=None):
    """The program of this name; cargo tells of all that it has at hand."""
    command = ["cargo", *target, "--locked", "--message-format=json"]
    env = {**os.environ, **(env or {})}
    done = subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True, env=env)
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    made = [message for message in found if message.get("executable")]
    return next(message["executable"] for message in made if message["target"]["name"] == name)


def own_program():
    """`benches/step.rs`."""
    return built("step", "bench", "--bench", "step", "--no-run")


def candle_program():
    """`benches/peers/candle`, or None where it cannot be built."""
    try:
        target = {"CARGO_TARGET_DIR": str(ROOT / "target" / "candle")}
        return built("candle-steps", "build", "--release", cwd=HERE / "candle", env=target)
    except (OSError, subprocess.CalledProcessError):
        print("candle cannot be built, so it is left out", file=sys.stderr)
        return None


def candle_has(request):
    """Its cells have one direction, and there is no plain one."""
    return request.get("cell") in ("lstm", "gru") and request.get("directions") == 1


def whole_job(bench, ours):
    """Seconds from the start of a process to its end, ours and PyTorch's in turn, and the error each ends with."""
    programs = {
        "ours": [ours, "--config", JOB, "--set", "training.early_stopping=null", "--threads", "2", "--quiet", "--out"],
        "torch": [bench.options.python, str(HERE / "torch_job.py"), JOB, "2"],
    }
    times, errors = {name: [] for name in programs}, {}
    for _ in range(bench.options.rounds):
        for name, command in programs.items():
            bench.wait()
            with tempfile.TemporaryDirectory() as folder:
                folder = folder + "/run" if name == "ours" else folder
                before = time.monotonic()
                done = subprocess.run([*command, folder], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
                times[name].append(time.monotonic() - before)
            # Ours prints its report, PyTorch's script the error alone.
            found = re.search(r"model's error \(RMSE ([0-9.]+)\)" if name == "ours" else r"([0-9.]+)", done.stdout)
            errors[name] = float(found[1])
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    print("whole job", medians, errors, file=sys.stderr, flush=True)
    return medians, errors


def shares(program):
    """Where the processor's time of two epochs of the job goes, by perf: shares by purpose; none where there is no perf."""
    if not shutil.which("perf"):
        return None
    purposes = {"network": "kernel|model|optim|random", "batches": "data|train::batch", "scores": "eval|metrics|serve|store|job|progress"}
    sums = dict.fromkeys([*purposes, "rest"], 0.0)
    with tempfile.TemporaryDirectory() as folder:
        job = [program, "--config", JOB, "--set", "training.epochs=2", "--threads", "1", "--quiet", "--out", folder + "/run"]
        record = ["perf", "record", "-q", "-e", "cpu-clock:u", "-F", "999", "-o", folder + "/data", *job]
        subprocess.run(record, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        report = ["perf", "report", "-i", folder + "/data", "--stdio", "--no-children", "-g", "none", "-F", "overhead,sym", "-t", "|"]
        lines = subprocess.run(report, check=True, capture_output=True, text=True).stdout.splitlines()
    for line in lines:
        found = re.match(r" *([0-9.]+)% *\|(.*)", line)
        if found:
            belongs = (purpose for purpose, rooms in purposes.items() if re.search(rf"\brnn::({rooms})\b", found[2]))
            sums[next(belongs, "rest")] += float(found[1])
    return sums


def parts(words):
    """The least seconds of some of `benches/parts.rs` by name, as `long_and_dead Gru`, and what they read, in bytes a second."""
    program = built("parts", "bench", "--bench", "parts", "--no-run")
    lines = subprocess.run([program, "--bench", *words], check=True, stdout=subprocess.PIPE, text=True).stdout
    return read_parts(lines.splitlines())


def read_parts(lines):
    seconds, rates, above = {}, {}, []
    units = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "KB/s": 1e3, "MB/s": 1e6, "GB/s": 1e9}
    for line in lines[1:]:
        name = re.search(r"[├╰]─ (\S+)", line)
        depth = line.index(name[1]) // 3 if name else None
        if name:
            above = above[: depth - 1] + [name[1]]
        least = re.search(r"  ([0-9.]+) ([a-zµA-Z/]+) +│", line)
        if least and least[2] in units:
            by_name = rates if least[2].endswith("/s") else seconds
            by_name[" ".join(above[1:])] = float(least[1]) * units[least[2]]
    return seconds, rates


def table(bench, rows):
    for row in rows:
        key, goal = TABLE[row]
        shape = dict(zip(KEYS, key))
        entry = {"shape": shape, "goal": goal, "gflop": flops(shape) / 1e9, **bench.time(shape)}
        print(report.row(entry, None), file=sys.stderr, flush=True)
        yield entry


def curves(bench):
    for name, values in CURVES.items():
        points = []
        for value in values:
            shape = {**USUAL, name: value}
            points.append({"value": value, **bench.time(shape, peers=("torch",), rounds=2)})
        print(name, [(p["value"], round(1e3 * p["ours"], 2)) for p in points], file=sys.stderr, flush=True)
        yield name, points


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=sys.executable, help="a Python that has the peers")
    parser.add_argument("--peers", default="torch,jax,candle", help="torch, and others of these")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each program in each round")
    parser.add_argument("--wait", type=float, default=20.0, help="seconds a round waits for a quiet machine")
    parser.add_argument("--rows", help="rows of the table to print, from 0; nothing is written")
    parser.add_argument("--cpu", action="store_true", help="with --rows: one thread, seconds of the processor")
    options = parser.parse_args()
    if options.cpu and (options.rows is None or options.peers != "torch"):
        parser.error("--cpu goes with --rows and --peers torch")
    bench = Bench(options)
    rows = range(len(TABLE)) if options.rows is None else [int(row) for row in options.rows.split(",")]
    entries = list(table(bench, rows))
    if options.rows is not None:
        return
    peak = {threads: bench.peak(threads) for threads in (1, 2)}
    windows = {**USUAL, "layers": 2, "predict": True}
    predicted = bench.time(windows, peers=("torch",))
    program = built("rnn-train", "build", "--release", "--bin", "rnn-train")
    job = whole_job(bench, program), shares(program)
    report.write(ROOT, entries, dict(curves(bench)), peak, predicted, job, parts(["long", "csv"]))


if __name__ == "__main__":
    main()
