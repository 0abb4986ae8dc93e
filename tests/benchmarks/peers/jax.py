"""JAX: the step jitted, scanned over many batches in one call."""

from __future__ import annotations

import importlib
import itertools

import numpy as np

jax = importlib.import_module("jax")
jnp = importlib.import_module("jax.numpy")

#: Batches in one compiled call.
SCAN = 64


def forward(reference, parameters, x):
    """Logits."""
    for (w, b), (kind, _, activation) in zip(parameters, reference.layers, strict=True):
        assert kind == "dense"
        x = x @ w + b
        x = {"tanh": jnp.tanh, "relu": jax.nn.relu}.get(activation, lambda v: v)(x)
    return x


def open(reference, data):
    """One runner, which rounds its steps up to whole scans for large requests."""
    if any(kind != "dense" for kind, *_ in reference.layers):
        raise ImportError("dense networks only")
    rng = np.random.default_rng(0)
    sizes = [reference.shape[0], *(units for _, units, _ in reference.layers)]
    parameters = [
        (
            jnp.asarray(rng.standard_normal((a, b)) * (2 / (a + b)) ** 0.5, jnp.float32),
            jnp.zeros(b, jnp.float32),
        )
        for a, b in itertools.pairwise(sizes)
    ]
    x_all, y_all = jnp.asarray(data.train.x), jnp.asarray(data.train.y[:, 0])
    binary = sizes[-1] == 1

    def loss(p, x, y):
        z = forward(reference, p, x)
        if binary:
            return jnp.mean(jax.nn.softplus(z[:, 0]) - y * z[:, 0])
        picked = jnp.take_along_axis(z, y.astype(jnp.int32)[:, None], 1)[:, 0]
        return jnp.mean(jax.nn.logsumexp(z, axis=1) - picked)

    def update(carry, batch):
        p, m, v, t = carry
        g = jax.grad(loss)(p, x_all[batch], y_all[batch])
        tree = jax.tree_util.tree_map
        if reference.optimizer == "sgd":
            return (tree(lambda w, d: w - reference.rate * d, p, g), m, v, t), None
        t = t + 1
        m = tree(lambda a, d: 0.9 * a + 0.1 * d, m, g)
        v = tree(lambda a, d: 0.999 * a + 0.001 * d * d, v, g)
        rate = reference.rate * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        p = tree(lambda w, a, b: w - rate * a / (jnp.sqrt(b) + 1e-7), p, m, v)
        return (p, m, v, t), None

    step = jax.jit(lambda carry, batches: jax.lax.scan(update, carry, batches)[0])
    zeros = jax.tree_util.tree_map(jnp.zeros_like, parameters)
    state = {"carry": (parameters, zeros, zeros, jnp.float32(0))}

    def run(steps):
        scans = max(1, round(steps / SCAN))
        for _ in range(scans):
            batches = rng.integers(0, len(x_all), (SCAN, reference.batch))
            state["carry"] = step(state["carry"], jnp.asarray(batches))
        jax.block_until_ready(state["carry"])
        return scans * SCAN

    return {"jit, scan": run}, lambda: None
