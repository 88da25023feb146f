"""BENCHMARKS.md and its plots, from what `compare.py` has measured."""

import datetime
import math
import os
import pathlib
import platform

NAMES = {"ours": "rnn", "torch": "PyTorch", "jax": "JAX"}
COLOURS = {"ours": "#c0392b", "torch": "#2c6fbb"}
LABELS = {
    "steps": "timesteps (T)",
    "batch": "sequences (B)",
    "hidden": "hidden units (H)",
    "layers": "layers",
    "threads": "threads",
}


def shape_name(shape):
    both = " bi" if shape["directions"] == 2 else ""
    return "{cell}{both} {batch}x{steps}x{inputs}, {hidden}, {layers}".format(both=both, **shape)


def milliseconds(seconds):
    return f"{1e3 * seconds:.2f}" if seconds < 0.01 else f"{1e3 * seconds:.1f}" if seconds < 0.1 else f"{1e3 * seconds:.0f}"


def row(entry, peak):
    """A line of the table."""
    ours, torch, jax, candle = entry["ours"], entry["torch"], entry.get("jax"), entry.get("candle")
    best = min(seconds for seconds in (torch, jax, candle) if seconds)
    cells = [
        shape_name(entry["shape"]),
        milliseconds(ours),
        milliseconds(torch),
        milliseconds(jax) if jax else "",
        milliseconds(candle) if candle else "",
        f"{ours / torch:.3f}",
        f"{entry['goal']:.3f}",
        f"{best / ours:.1f}",
        f"{entry['gflop'] / ours:.0f}",
        f"{100 * entry['gflop'] * 1e9 / ours / peak:.0f} %" if peak else "",
        f"{entry['busy']:.1f}",
        f"{entry['gain']:.1f}",
    ]
    return "| " + " | ".join(cells) + " |"


def processor():
    try:
        with open("/proc/cpuinfo") as lines:
            return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown"


def whole_job(job):
    """Ours and PyTorch's, and where the time of ours goes."""
    (seconds, errors), shares = job
    ours, torch = seconds["ours"], seconds["torch"]
    times = {"ours": ours, "torch": torch, "times": torch / ours}
    text = WHOLE_JOB.format(**times, error=errors["ours"], torch_error=errors["torch"])
    return text + SHARES.format(**shares) if shares else text


def long_sequences(seconds):
    """Those whose state dies beside those that live, cell by cell."""
    cells = {"rnn": "Rnn(Tanh)", "lstm": "Lstm", "gru": "Gru"}
    pair = lambda cell: [seconds[f"long_and_{kind} {cell}"] for kind in ("dead", "living")]
    each = [(name, *pair(cell)) for name, cell in cells.items()]
    return ", ".join(
        f"{name} {milliseconds(dead)} beside {milliseconds(living)} ms ({dead / living:.2f})" for name, dead, living in each
    )


def write(root, entries, curves, peak, predicted, job, parts):
    """The page at the root of the project, the plots in `benches/plots`."""
    plots = pathlib.Path(root) / "benches" / "plots"
    plots.mkdir(exist_ok=True)
    for name, points in curves.items():
        (plots / f"{name}.svg").write_text(plot(name, points))
    table = "\n".join(row(entry, peak[2]) for entry in entries)
    pictures = "\n".join(f"![time of a step against {LABELS[name]}](benches/plots/{name}.svg)" for name in curves)
    scaling = next((p for p in [curves.get("threads")] if p), [])
    threads = f"{scaling[0]['ours'] / scaling[-1]['ours']:.2f} times as fast" if scaling else "not measured"
    today = datetime.date.today().isoformat()
    text = TEXT.format(
        today=today,
        processor=processor(),
        cores=os.cpu_count(),
        table=table,
        pictures=pictures,
        one=peak[1] / 1e9,
        two=peak[2] / 1e9,
        threads=threads,
        ours=1 / predicted["ours"],
        torch=1 / predicted["torch"],
        job=whole_job(job),
        long=long_sequences(parts[0]),
        csv=parts[1]["csv"] / 1e6,
    )
    (pathlib.Path(root) / "BENCHMARKS.md").write_text(text)


WHOLE_JOB = """A whole job, `rnn-train --config configs/pump-multi.json` without early stopping on two threads, from the start of
the process to its end: {ours:.1f} s. The same windows, network, epochs, optimizer, schedule and clipping in PyTorch
(`benches/peers/torch_job.py`): {torch:.1f} s, {times:.1f} times as long; medians of runs in turn. The errors on the test rows, from
different random numbers: {error:.3f} and {torch_error:.3f}."""

SHARES = """

Where the processor's time of such a job goes (perf, two epochs, one thread): network, loss and optimizer {network:.1f} %, filling
batches {batches:.1f} %, scoring validation rows beyond the network, metrics, logs and checkpoints {scores:.1f} %, the rest (mostly copies
of states inside the network, then memory, threads, start-up) {rest:.1f} %."""

TEXT = """# Benchmarks

One whole training step: windows filled (ours only), forward, summed squared error, backward, clipping, Adam; f32, two
threads. Measured on {today}, {cores} cores of a shared machine ({processor}). Ours and the others took turns on each
shape; medians. Written by one command, see `benches/peers/compare.py`; made-up data, a linear head. candle, in Rust, is
compiled for this very processor and has its own cells of one direction, one after the other.

Shapes: cell, sequences x timesteps x inputs, hidden units, layers; `bi`: two directions. `ratio`: ours to PyTorch, and
what is aimed at. `times`: how many times as long the fastest of the others takes. `share`: of the f32 peak of two
threads. `busy`: cores that other programs used meanwhile; `gain`: how many times as fast two threads made one plain product as
one thread did, just then. Where `busy` is not near 0 or `gain` not near 2, the two threads had less than two cores: the
row says little, for waiting threads cost the others more than us, and us more in small networks.

| shape | ours ms | PyTorch ms | JAX ms | candle ms | ratio | goal | times | GFLOP/s | share | busy | gain |
|---|---|---|---|---|---|---|---|---|---|---|---|
{table}

The peak, as one product of 2048 x 2048 matrices, PyTorch's or ours, whichever is faster: {one:.0f} GFLOP/s on one
thread, {two:.0f} on two. With two threads instead of one, a step of the shape below is {threads}.

Predictions from windows of 96 rows (lstm, 64 units, 2 layers), many at hand: {ours:,.0f} rows a second, PyTorch in
batches of 256: {torch:,.0f}.

{job}

Sequences of 2,000 timesteps there and back, 16 of them, 32 units, one thread, inputs that die after 20 timesteps (states
decay, and would become denormal) beside inputs that live, least times:
{long}.

CSV text with a time and seven columns of numbers becomes rows in memory at {csv:.0f} MB/s on one thread.

Time of a step when one number changes, the others being lstm 64x96x7, 64, 1 and two threads:

{pictures}
"""


def plot(name, points, width=520, height=330):
    """A log-log chart of milliseconds a step."""
    left, right, top, bottom = 60, 90, 30, 45
    xs = [p["value"] for p in points]
    ys = [1e3 * p[program] for p in points for program in COLOURS]
    low, high = 10 ** math.floor(math.log10(min(ys))), 10 ** math.ceil(math.log10(max(ys)))
    span = math.log(max(xs) / min(xs))
    x = lambda v: left + (width - left - right) * math.log(v / min(xs)) / span
    y = lambda v: height - bottom - (height - top - bottom) * math.log(v / low) / math.log(high / low)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="{left}" y="18">milliseconds a training step</text>',
        f'<text x="{(left + width - right) / 2}" y="{height - 8}" text-anchor="middle">{LABELS[name]}</text>',
    ]
    tick = low
    while tick <= high:
        out.append(f'<line x1="{left}" x2="{width - right}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{left - 6}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>')
        tick *= 10
    for v in xs:
        out.append(f'<text x="{x(v):.1f}" y="{height - bottom + 18}" text-anchor="middle">{v}</text>')
    for program, colour in COLOURS.items():
        line = " ".join(f"{x(p['value']):.1f},{y(1e3 * p[program]):.1f}" for p in points)
        out.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for p in points:
            out.append(f'<circle cx="{x(p["value"]):.1f}" cy="{y(1e3 * p[program]):.1f}" r="3" fill="{colour}"/>')
        end = points[-1]
        out.append(
            f'<text x="{x(end["value"]) + 8:.1f}" y="{y(1e3 * end[program]) + 4:.1f}" fill="{colour}">{NAMES[program]}</text>'
        )
    return "\n".join(out + ["</svg>"]) + "\n"
