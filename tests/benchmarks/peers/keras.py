"""Keras: compile and fit, on whichever backend is installed."""

from __future__ import annotations

import importlib

keras = importlib.import_module("keras")


def open(reference, data):
    """One runner; ``fit`` over as many examples as the steps need."""
    if any(kind != "dense" for kind, *_ in reference.layers):
        raise ImportError("dense networks only")
    net = keras.Sequential([keras.Input(reference.shape)])
    for _, units, activation in reference.layers:
        net.add(keras.layers.Dense(units, activation=activation))
    binary = reference.layers[-1][1] == 1
    kind = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}[reference.optimizer]
    net.compile(
        kind(reference.rate), "binary_crossentropy" if binary else "sparse_categorical_crossentropy"
    )
    x, y = data.train.x, data.train.y[:, 0]

    def run(steps):
        epoch = len(x) // reference.batch
        whole, rest = divmod(steps, epoch)
        if whole:
            net.fit(x, y, batch_size=reference.batch, epochs=whole, verbose=0)
        if rest:
            n = rest * reference.batch
            net.fit(x[:n], y[:n], batch_size=reference.batch, epochs=1, verbose=0)

    return {"fit": run}, lambda: None
