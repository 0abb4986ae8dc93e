"""What panels and the command line look at: one moment of training, and a way to ask it things."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnstudio.core.data import Data
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError

if TYPE_CHECKING:
    from nnstudio.engine.history import Curves
    from nnstudio.engine.probe import Probe


@dataclass(frozen=True)
class Snapshot:
    """The state of training at one step; immutable, made by the session.

    ``sequence`` grows with every snapshot; ``generation`` with every change of setup or data, so
    a view knows when shapes may have changed. ``parameters`` maps (node id, parameter name) to a
    float32 array in the parameter's shape. Losses and accuracies are means over the last stretch
    of training, respectively over the validation set; NaN if not known yet, accuracy also NaN
    for regression.
    """

    sequence: int
    generation: int
    step: int
    epoch: int
    running: bool
    finished: bool
    parameters: dict[tuple[str, str], np.ndarray]
    train_loss: float
    valid_loss: float
    train_accuracy: float
    valid_accuracy: float
    steps_per_second: float
    examples_per_second: float
    progress: float | None  # 0..1 when an end is set
    seconds_left: float | None
    learning_rate: float
    error: StudioError | None


class View:
    """One snapshot with its setup and data, and a probe that runs the network on any input.

    Lives on the probe thread. Arrays that it returns are valid until the next call: copy what is
    kept.
    """

    def __init__(
        self, setup: Setup, data: Data, snapshot: Snapshot, probe: Probe, curves: Curves
    ) -> None:
        self.setup = setup
        self.data = data
        self.snapshot = snapshot
        self.curves = curves
        self._probe = probe

    def parameter(self, node: str, name: str) -> np.ndarray | None:
        """A parameter in its shape, or None if the node has none of that name."""
        return self.snapshot.parameters.get((node, name))

    def activations(
        self, x: np.ndarray, nodes: Iterable[str] | None = None
    ) -> dict[str, np.ndarray]:
        """Outputs of nodes (default: the last) for prepared float32 examples (n, *shape)."""
        return self._probe.run(x, nodes)

    def predict(self, x: np.ndarray) -> np.ndarray:
        """The network's output for prepared float32 examples: (n, *output shape)."""
        output = self.setup.network.output.id
        return self._probe.run(x, [output])[output]
