"""Predictions of a trained model, the same to the bit wherever and however many at once.

A product of matrices may round a row otherwise in a batch of another size, so every batch here has
one size, filled up with zeros.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnstudio.core.model import Model
from nnstudio.core.sources.raw import Raw
from nnstudio.core.sources.watching import progress
from nnstudio.core.targets import class_probabilities
from nnstudio.core.text import StudioError, mark
from nnstudio.engine.probe import Probe
from nnstudio.engine.scoring import gives_logits

#: Examples of a batch.
BATCH = 64


@dataclass(frozen=True, eq=False)
class Predictions:
    """Answers for n examples.

    For classes ``values`` are probabilities (n, classes) float64 and ``chosen`` the most probable
    class of each (n,); for numbers ``values`` are those numbers in their own units (n, targets).
    """

    task: str
    classes: tuple[str, ...]
    targets: tuple[str, ...]
    values: np.ndarray

    @property
    def chosen(self) -> np.ndarray:
        """The class number of each example; class 0 for numbers."""
        return self.values.argmax(axis=1)

    @property
    def answers(self) -> list[str] | list[float]:
        """The class's name, or the (first) number, of each example."""
        if self.task == "classification":
            return [self.classes[place] for place in self.chosen]
        return self.values[:, 0].tolist()


class Predictor:
    """A model planned for prediction. Not thread-safe: one thread at a time uses it."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._probe = Probe(model.setup.network, BATCH)
        self._probe.load(model.parameters)

    def load(self, model: Model) -> None:
        """Go on with a newer model; cheap if the network is the same."""
        if model.setup.network != self.model.setup.network:
            self._probe = Probe(model.setup.network, BATCH)
        self.model = model
        self._probe.load(model.parameters)

    def predict(self, raw: Raw) -> Predictions:
        """Answers for a table or a stack as a reader gives it; raises ``StudioError`` if it does
        not suit the model."""
        return self.of_inputs(self.model.preparation.prepared(raw))

    def of_inputs(self, x: np.ndarray) -> Predictions:
        """Answers for what the network sees: (n, *shape) float32, already prepared."""
        prepared = self.model.preparation
        output = self.outputs(x)
        flat = output.reshape(len(output), -1)
        names = tuple(target.name for target in prepared.targets)
        if prepared.task == "classification":
            values = class_probabilities(flat, gives_logits(self.model.setup.network))
            _check(values, len(prepared.classes))
            return Predictions(prepared.task, prepared.classes, names, values)
        _check(flat, len(prepared.targets))
        scale = np.array([target.scale for target in prepared.targets])
        shift = np.array([target.shift for target in prepared.targets])
        return Predictions(prepared.task, (), names, flat.astype(np.float64) * scale + shift)

    def outputs(self, x: np.ndarray) -> np.ndarray:
        """The network's raw output, (n, *output shape) float32."""
        network = self.model.setup.network
        size = self._probe.batch
        x = np.asarray(x, np.float32)
        shape = network.output_shape or ()
        result = np.empty((len(x), *shape), np.float32)
        for at in range(0, len(x), size):
            part = x[at : at + size]
            full = part
            if len(part) < size:
                full = np.zeros((size, *x.shape[1:]), np.float32)
                full[: len(part)] = part
            result[at : at + len(part)] = self._probe.run(full)[network.output.id][: len(part)]
            if at % (64 * size) == 0:
                progress(at / max(1, len(x)))
        return result


def _check(values: np.ndarray, expected: int) -> None:
    """An edit can leave a network that no longer answers what its data asks."""
    if values.shape[1] != expected:
        raise StudioError(
            mark(
                "The network gives {given} answers an example where the data wants {expected}. "
                "Put its last layer right first."
            ),
            given=values.shape[1],
            expected=expected,
        )
