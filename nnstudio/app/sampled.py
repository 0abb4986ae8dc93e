"""A few examples that views of the network's inside share, and what it gives for them."""

from __future__ import annotations

import numpy as np

from nnstudio.app.evaluation import even_rows
from nnstudio.core.network import Network
from nnstudio.engine.view import View

#: Numbers of a layer's activations that are looked at in all.
MOST_NUMBERS = 200_000


def sample(view: View, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Prepared examples (n, *shape) of the training part, evenly chosen, and their targets."""
    rows = even_rows(len(view.data.train), count)
    x = view.data.prepared(view.data.train.x[rows])
    return np.ascontiguousarray(x, np.float32), view.data.train.y[rows]


def sampled_activations(view: View, nodes: tuple[str, ...], count: int) -> dict[str, np.ndarray]:
    """What nodes give for the sample."""
    x, _ = sample(view, count)
    return view.shared(
        ("activations", nodes, count),
        lambda: {name: values.copy() for name, values in view.activations(x, nodes).items()},
    )


def sampled_gradients(view: View, count: int) -> dict[tuple[str, str], np.ndarray]:
    """The gradient of the sample's loss by each parameter."""
    x, y = sample(view, count)
    return view.shared(("gradients", count), lambda: view.loss_gradients(x, y)[1])


def weighted_nodes(network: Network) -> tuple[str, ...]:
    """The layers that have a parameter called weight."""
    return tuple(
        node.id
        for node in network.nodes
        if any(p.name == "weight" for p in network.facts[node.id].parameters)
    )


def fits_in(view: View, nodes: tuple[str, ...], most: int) -> int:
    """How many examples to take so that the nodes' values stay few."""
    widest = sum(int(np.prod(view.setup.network.facts[n].shape or (1,))) for n in nodes)
    return int(np.clip(MOST_NUMBERS * 4 // max(1, widest), 8, most))


def thinned(values: np.ndarray, most: int = MOST_NUMBERS) -> np.ndarray:
    """All numbers, or an even selection."""
    flat = values.ravel()
    return flat if flat.size <= most else flat[:: -(-flat.size // most)]
