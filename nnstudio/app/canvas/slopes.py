"""The loss's gradient by the numbers of the layers that the pointer is on. Off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from nnstudio.app.sampled import sampled_gradients
from nnstudio.core.network import Network
from nnstudio.engine.view import View

#: A look takes about so many operations, on at least and at most so many examples.
OPERATIONS = 1e8
LEAST, MOST = 8, 1024
#: Arrays of up to so many numbers are kept whole, of others only the size for each unit.
WHOLE = 4096


@dataclass(frozen=True, eq=False)
class Slopes:
    """Gradients of the mean loss over ``examples`` training examples, without dropout and
    regularization, at one moment: ``gradients`` by parameter, in its shape (small ones and all
    biases), ``unit_sizes`` the root mean square over what enters each unit, ``weight_sizes`` and
    ``gradient_sizes`` that over all weights of a layer; ``values`` are the vectors themselves.
    Frozen layers have none."""

    network: Network
    examples: int
    gradients: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    unit_sizes: dict[str, np.ndarray] = field(default_factory=dict)
    weight_sizes: dict[str, float] = field(default_factory=dict)
    gradient_sizes: dict[str, float] = field(default_factory=dict)
    values: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)

    def at(self, node: str, name: str, index: tuple[int, ...]) -> float | None:
        """The gradient by one number, or None if it is not known."""
        return _entry(self.gradients.get((node, name)), index)

    def value(self, node: str, name: str, index: tuple[int, ...]) -> float | None:
        """One number of a vector, or None if it is not known."""
        return _entry(self.values.get((node, name)), index)

    def sizes(self, nodes: tuple[str, ...]) -> tuple[float, float] | None:
        """The sizes (root mean square) of the weights of some layers and of their gradient."""
        counts = [
            sum(p.size for p in self.network.facts[n].parameters if p.regularized)
            for n in nodes
            if n in self.gradient_sizes
        ]
        if not sum(counts):
            return None
        known = [n for n in nodes if n in self.gradient_sizes]

        def together(found: dict[str, float]) -> float:
            squares = [count * found[n] ** 2 for n, count in zip(known, counts, strict=True)]
            return float(np.sqrt(sum(squares) / sum(counts)))

        return together(self.weight_sizes), together(self.gradient_sizes)


def _entry(found: np.ndarray | None, index: tuple[int, ...]) -> float | None:
    if found is None or len(index) != found.ndim:
        return None
    if any(not 0 <= i < n for i, n in zip(index, found.shape, strict=True)):
        return None
    return float(found[index])


def example_count(network: Network, known: int) -> int:
    """How many examples a look takes: all of a small net, few of a large one."""
    flops = 3 * sum(facts.flops for facts in network.facts.values())
    return min(known, MOST, max(LEAST, int(OPERATIONS / max(flops, 1))))


def measure(view: View, nodes: tuple[str, ...]) -> Slopes | None:
    """The gradients of some layers; None where there is nothing to learn from."""
    network = view.setup.network
    wanted = [n for n in nodes if n in network and not network[n].frozen]
    if not any(network.facts[n].parameters for n in wanted) or not len(view.data.train):
        return None
    count = example_count(network, len(view.data.train))
    found = sampled_gradients(view, count)
    made = Slopes(network, count)
    for node in wanted:
        weights: list[np.ndarray] = []
        slopes: list[np.ndarray] = []
        for parameter in network.facts[node].parameters:
            key = (node, parameter.name)
            if key not in found:
                continue
            gradient, value = found[key], view.snapshot.parameters[key]
            if gradient.ndim == 1 or gradient.size <= WHOLE:
                made.gradients[key] = gradient
            if value.ndim == 1:
                made.values[key] = value.copy()
            if parameter.regularized:
                weights.append(value.ravel())
                slopes.append(gradient.ravel())
                if gradient.ndim > 1:
                    squares = np.square(gradient.reshape(-1, gradient.shape[-1]), dtype=np.float64)
                    made.unit_sizes[node] = np.sqrt(squares.mean(0))
        if weights:
            made.weight_sizes[node] = _size(weights)
            made.gradient_sizes[node] = _size(slopes)
    return made


def _size(parts: list[np.ndarray]) -> float:
    """Root mean square of several arrays together."""
    squares = sum(float(np.square(part, dtype=np.float64).sum()) for part in parts)
    return float(np.sqrt(squares / sum(part.size for part in parts)))
