"""Slow, obvious references of losses in float64: ``f(spec, z, last, y, task) -> mean loss``.

``z`` (n, outputs) is what comes before the activation ``last``; ``y`` (n, targets) holds numbers,
or class numbers in one column.
"""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import activations


def probabilities(z):
    """Of each class: a softmax over several logits, a sigmoid of a single one."""
    if z.shape[1] == 1:
        p = 1 / (1 + np.exp(-z))
        return np.concatenate([1 - p, p], axis=1)
    return np.stack([np.exp(row) / np.exp(row).sum() for row in z])


def mean_over_outputs(term):
    """A loss that is the mean of a term of prediction and target, one output at a time."""

    def loss(spec, z, last, y, task):
        out = activations()[last]().value(z)
        if task == "classification" and out.shape[1] > 1:
            y = np.eye(out.shape[1])[y[:, 0].astype(int)]
        total = 0.0
        for i in range(len(out)):
            for j in range(out.shape[1]):
                total += term(spec, out[i, j], y[i, j])
        return total / out.size

    return loss


def huber(spec, a, b):
    d = abs(a - b)
    return d**2 / 2 if d <= spec.delta else spec.delta * (d - spec.delta / 2)


def poisson(spec, a, b):
    expected = np.exp(a) if spec.log_output else a
    return expected - b * np.log(expected)


def hinge(power):
    """One against the rest; a probability p scores 2p − 1."""

    def loss(spec, z, last, y, task):
        out = activations()[last]().value(z)
        total = 0.0
        for i in range(len(out)):
            for j in range(out.shape[1]):
                score = 2 * out[i, j] - 1 if last in ("sigmoid", "softmax") else out[i, j]
                own = y[i, 0] == j if out.shape[1] > 1 else y[i, 0] == 1
                total += max(0.0, 1 - (1 if own else -1) * score) ** power
        return total / out.size

    return loss


def cross_entropy(spec, z, last, y, task, weights=None):
    """``weights`` (of classes) are those that the data balance, where the spec says so."""
    p = probabilities(z)
    classes = p.shape[1]
    if weights is None:
        weights = [float(w) for w in spec.class_weights.split(",")] if spec.class_weights else None
    total = 0.0
    for i in range(len(p)):
        wanted = int(y[i, 0])
        for j in range(classes):
            target = spec.label_smoothing / classes
            if j == wanted:
                target += 1 - spec.label_smoothing
            total -= (weights[wanted] if weights else 1.0) * target * np.log(p[i, j])
    return total / len(p)


def focal(spec, z, last, y, task):
    p = probabilities(z)
    own = np.array([p[i, int(y[i, 0])] for i in range(len(p))])
    return np.mean(-((1 - own) ** spec.gamma) * np.log(own))


def kl_divergence(spec, z, last, y, task):
    p = probabilities(z)
    total = 0.0
    for i in range(len(p)):
        for j in range(p.shape[1]):
            t = y[i, j] if task == "regression" else float(y[i, 0] == j)
            if t > 0:
                total += t * np.log(t / p[i, j])
    return total / len(p)


LOSSES = {
    "MSE.v1": mean_over_outputs(lambda spec, a, b: (a - b) ** 2),
    "MAE.v1": mean_over_outputs(lambda spec, a, b: abs(a - b)),
    "Huber.v1": mean_over_outputs(huber),
    "LogCosh.v1": mean_over_outputs(lambda spec, a, b: np.log(np.cosh(a - b))),
    "Poisson.v1": mean_over_outputs(poisson),
    "CrossEntropy.v1": cross_entropy,
    "Focal.v1": focal,
    "KLDivergence.v1": kl_divergence,
    "Hinge.v1": hinge(1),
    "SquaredHinge.v1": hinge(2),
}
