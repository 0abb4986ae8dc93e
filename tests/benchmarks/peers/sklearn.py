"""scikit-learn's MLPClassifier: one epoch at a time, on the cores that its BLAS takes."""

from __future__ import annotations

import importlib
import warnings

import numpy as np

neural = importlib.import_module("sklearn.neural_network")


def open(reference, data):
    """One runner; it trains whole epochs and is asked for steps, so it rounds up."""
    if any(kind != "dense" for kind, *_ in reference.layers):
        raise ImportError("dense networks only")
    hidden = [units for _, units, _ in reference.layers[:-1]]
    net = neural.MLPClassifier(
        hidden, activation=reference.layers[0][2], solver=reference.optimizer,
        batch_size=reference.batch, learning_rate_init=reference.rate, alpha=0.0,
        momentum=0.0, max_iter=1,
    )  # fmt: skip
    y = data.train.y[:, 0].astype(int)
    classes = np.arange(reference.classes)
    x = data.train.x

    def run(steps):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rows = min(len(x), steps * reference.batch)
            for _ in range(max(1, -(-steps * reference.batch // len(x)))):
                net.partial_fit(x[:rows], y[:rows], classes=classes)

    return {"partial_fit": run}, lambda: None
