"""Times training steps of JAX (a jitted scan): forward, summed MSE, backward, clip, Adam; float32 on the CPU.

Reads and answers the requests of `compare.py`, as `torch_steps.py` does. The number of threads is JAX's own choice:
start it under `taskset` for fewer."""

import json
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np

GATES = {"rnn": 1, "lstm": 4, "gru": 3}


def cell(kind, w_hh, b_hh, state, x):
    h, c = state
    z = h @ w_hh.T + b_hh
    if kind == "rnn":
        h = jnp.tanh(x + z)
    elif kind == "lstm":
        i, f, g, o = jnp.split(x + z, 4, axis=-1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
    else:
        (x_r, x_z, x_n), (h_r, h_z, h_n) = jnp.split(x, 3, axis=-1), jnp.split(z, 3, axis=-1)
        r, u = jax.nn.sigmoid(x_r + h_r), jax.nn.sigmoid(x_z + h_z)
        h = (1 - u) * jnp.tanh(x_n + r * h_n) + u * h
    return (h, c), h


def forward(shape, params, x):
    """`x` is [T, B, features]."""
    layers, directions = shape["layers"], shape["directions"]
    for layer in range(layers):
        outputs = []
        for direction in range(directions):
            w_ih, w_hh, b_ih, b_hh = params["rnn"][layer * directions + direction]
            zero = jnp.zeros((x.shape[1], shape["hidden"]))
            step = lambda state, x: cell(shape["cell"], w_hh, b_hh, state, x)
            outputs.append(jax.lax.scan(step, (zero, zero), x @ w_ih.T + b_ih, reverse=direction == 1)[1])
        x = jnp.concatenate(outputs, axis=-1)
    w, b = params["head"]
    return x @ w.T + b


def training(shape):
    rng = np.random.default_rng(1)
    hidden, width = shape["hidden"], GATES[shape["cell"]] * shape["hidden"]
    draw = lambda *size: jnp.asarray(rng.uniform(-1, 1, size) / np.sqrt(hidden), dtype=jnp.float32)
    params, inputs = {"rnn": []}, shape["inputs"]
    for _ in range(shape["layers"]):
        params["rnn"] += [
            (draw(width, inputs), draw(width, hidden), draw(width), draw(width)) for _ in range(shape["directions"])
        ]
        inputs = shape["directions"] * hidden
    params["head"] = (draw(1, inputs), draw(1))
    x = jnp.asarray(rng.normal(size=(shape["steps"], shape["batch"], shape["inputs"])), dtype=jnp.float32)
    y = jnp.asarray(rng.normal(size=(shape["steps"], shape["batch"], 1)), dtype=jnp.float32)

    def loss(params):
        error = forward(shape, params, x) - y
        return (error * error).sum() / shape["batch"]

    @jax.jit
    def step(params, m, v, n):
        gradient = jax.grad(loss)(params)
        norm = jnp.sqrt(sum((g * g).sum() for g in jax.tree.leaves(gradient)))
        factor = jnp.minimum(1.0, 1e6 / (norm + 1e-6))
        gradient = jax.tree.map(lambda g: g * factor, gradient)
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradient)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradient)
        move = lambda p, m, v: p - 1e-3 * (m / (1 - 0.9**n)) / (jnp.sqrt(v / (1 - 0.999**n)) + 1e-8)
        return jax.tree.map(move, params, m, v), m, v, n + 1

    zeros = jax.tree.map(jnp.zeros_like, params)
    state = [params, zeros, zeros, jnp.float32(1)]

    def call():
        state[:] = step(*state)
        jax.block_until_ready(state)

    return call


def main():
    key = call = None
    for line in sys.stdin:
        request = json.loads(line)
        patience, _ = request.pop("seconds"), request.pop("threads")
        if key != json.dumps(request):
            key = json.dumps(request)
            call = training(request)
            call(), call()
        seconds, start = [], time.perf_counter()
        while time.perf_counter() - start < patience or len(seconds) < 2:
            before = time.perf_counter()
            call()
            seconds.append(time.perf_counter() - before)
        print(json.dumps({"seconds": seconds}), flush=True)


main()
