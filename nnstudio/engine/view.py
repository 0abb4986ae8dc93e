"""What panels and the command line look at: one moment of training, and a way to ask it things."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from nnstudio.core.data import Data, Part
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError, mark

if TYPE_CHECKING:
    from nnstudio.core.network import Network
    from nnstudio.engine.differentiate import Differentiator
    from nnstudio.engine.history import Curves
    from nnstudio.engine.plan import Judged
    from nnstudio.engine.probe import Probe


Kept = TypeVar("Kept")


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
    past: bool = False  # an earlier moment that is looked back at
    valid_sample: int = 0  # validation scores are of so many examples; 0: of all
    passing: bool = False  # a nearer moment is being made and will soon show in its place


@dataclass(frozen=True)
class Derivatives:
    """``output`` (n, *output shape) and gradients of a sum of it: ``by_input`` (n, *shape), and by
    the ``values`` (n, *shape) of nodes."""

    output: np.ndarray
    by_input: np.ndarray
    values: dict[str, np.ndarray]
    gradients: dict[str, np.ndarray]


class View:
    """One snapshot with its setup and data, and a probe that runs the network on any input.

    Lives on the probe thread. Arrays that it returns are valid until the next call: copy what is
    kept.
    """

    def __init__(
        self,
        setup: Setup,
        data: Data,
        snapshot: Snapshot,
        probe: Probe,
        curves: Curves | Callable[[], Curves],
    ) -> None:
        self.setup = setup
        self.data = data
        self.snapshot = snapshot
        self._curves = curves
        self._probe = probe

    @property
    def curves(self) -> Curves:
        """The run's curves; copied when first asked for, since few views want them."""
        if callable(self._curves):
            self._curves = self._curves()
        return self._curves

    def parameter(self, node: str, name: str) -> np.ndarray | None:
        """A parameter in its shape, or None if the node has none of that name."""
        return self.snapshot.parameters.get((node, name))

    def activations(
        self, x: np.ndarray, nodes: Iterable[str] | None = None
    ) -> dict[str, np.ndarray]:
        """Outputs of nodes (default: the last) for prepared float32 examples (n, *shape)."""
        return self._probe.run(x, nodes)

    def shared(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What another view made of the same snapshot, or makes now."""
        return self._probe.shared((self.snapshot.sequence, id(self.data), key), make)

    def derive(
        self,
        x: np.ndarray,
        output_gradient: np.ndarray,
        nodes: Iterable[str] = (),
        *,
        upto: str = "",
    ) -> Derivatives:
        """Gradients of Σ output · ``output_gradient`` for prepared float32 examples, by the input
        and by the values of ``nodes``. With ``upto`` the network ends at that node."""
        network = self.setup.network
        network = network.upto(upto) if upto else network
        keep = tuple(sorted(nodes))
        tool = self._tool(network, len(x), keep, None, upto)
        output, by_input, _ = tool.run(self._probe.parameters, x, output_gradient)
        return Derivatives(
            output, by_input, {n: tool.value(n) for n in keep}, {n: tool.gradient(n) for n in keep}
        )

    def loss_gradients(
        self, x: np.ndarray, y: np.ndarray
    ) -> tuple[float, dict[tuple[str, str], np.ndarray]]:
        """The mean loss of prepared examples with targets ``y``, and its gradient by each
        trainable parameter; no dropout, no regularization. Raises ``StudioError`` without loss."""
        loss = self.setup.training.loss
        if loss is None:
            raise StudioError(mark("There is no loss. Choose one."))
        from nnstudio.engine.plan import Judged

        judged = Judged(loss.prepared(self.data), self.data.task, y.shape[1])
        tool = self._tool(self.setup.network, len(x), (), judged, "")
        _, _, by_parameter = tool.run(self._probe.parameters, x, y)
        return tool.loss, by_parameter

    def first_parameters(self) -> dict[tuple[str, str], np.ndarray]:
        """The parameters that the run's seed begins with."""
        from nnstudio.engine.keyframe import initial_parameters

        network, seed = self.setup.network, self.setup.training.seed
        return self._probe.kept(("first", seed), lambda: initial_parameters(network, seed))

    def loss_with(
        self, parameters: Mapping[tuple[str, str], np.ndarray], x: np.ndarray, y: np.ndarray
    ) -> float:
        """The mean loss of prepared examples with other parameters, for instance nearby ones."""
        from nnstudio.engine.probe import Probe
        from nnstudio.engine.scoring import gives_logits

        loss = self.setup.training.loss
        if loss is None:
            raise StudioError(mark("There is no loss. Choose one."))
        network = self.setup.network
        other = self._probe.kept(("other", len(x)), lambda: Probe(network, len(x)))
        other.load(parameters)
        output = other.run(x)[network.output.id]
        rule = self._probe.kept(
            ("loss", repr(loss), id(self.data)), lambda: loss.prepared(self.data)
        )
        return rule.value(output, y, self.data.task, gives_logits(network))

    def _tool(
        self,
        network: Network,
        count: int,
        keep: tuple[str, ...],
        judged: Judged | None,
        upto: str,
    ) -> Differentiator:
        from nnstudio.engine.differentiate import Differentiator

        batch = 1 << max(0, (count - 1).bit_length())
        key = (batch, keep, upto, None if judged is None else repr(judged), id(self.data))
        return self._probe.kept(
            key, lambda: Differentiator(network, batch, keep=keep, judged=judged)
        )

    def predict(self, x: np.ndarray) -> np.ndarray:
        """The network's output for prepared float32 examples: (n, *output shape)."""
        output = self.setup.network.output.id
        return self._probe.run(x, [output])[output]

    def scores(self, part: Part) -> tuple[float, float, float]:
        """The mean loss of a part of the data, its accuracy (NaN for numbers) and R² (NaN for
        classes)."""
        from nnstudio.engine import scoring

        setup, data, probe = self.setup, self.data, self._probe
        loss, right = scoring.measure(setup.network, setup.training, data, part, probe)
        if data.task == "classification" or not len(part):
            return loss, right, math.nan
        output = scoring.predict(setup.network, data, part, probe)
        return loss, right, scoring.determination(output, part.y)
