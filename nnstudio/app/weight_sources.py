"""Which weights a view shows, layer by layer, and what the layers are called."""

from __future__ import annotations

import numpy as np

from nnstudio.app.mosaic import Source
from nnstudio.app.sampled import sampled_gradients
from nnstudio.core.data import Data
from nnstudio.core.network import Network, Node
from nnstudio.core.text import tr
from nnstudio.engine.view import View

#: In layers of more weights than this, the strongest half percent may leave the scale.
MANY = 1000
#: Examples that the gradient is taken of.
EXAMPLES = 64


def titles(network: Network) -> dict[str, str]:
    """``Dense 1``, ``Dense 2``, ``Output``: what the layers with weights are called."""
    found: dict[str, str] = {}
    counts: dict[str, int] = {}
    for node in network.nodes:
        if any(p.name == "weight" for p in network.facts[node.id].parameters):
            label = node.layer.label
            counts[label] = counts.get(label, 0) + 1
            last = node.id == network.output.id
            found[node.id] = (
                tr("Output") if last else tr("{layer} {n}", layer=tr(label), n=counts[label])
            )
    return found


def sees_input(network: Network, node: Node) -> bool:
    """Whether a layer reads the data itself, be it flattened or with dropout."""
    before = network[node.inputs[0]] if len(node.inputs) == 1 else None
    while before is not None and before.layer.type_name in ("Flatten.v1", "Dropout.v1"):
        before = network[before.inputs[0]]
    return before is not None and before.id == network.input.id


def image_of(network: Network, node: Node, data: Data) -> tuple[int, int] | None:
    """The size of the grey image that a layer's units look at, if they do."""
    shape = data.shape
    if len(shape) == 3 and shape[2] == 1 and sees_input(network, node):
        return shape[0], shape[1]
    return None


def maps_of(network: Network, node: Node) -> tuple[int, int, int] | None:
    """Height, width and channels of the feature maps that a flattened layer's units look at."""
    before = network[node.inputs[0]] if len(node.inputs) == 1 else None
    flat = False
    while before is not None and before.layer.type_name in ("Flatten.v1", "Dropout.v1"):
        flat = flat or before.layer.type_name == "Flatten.v1"
        before = network[before.inputs[0]]
    shape = network.facts[before.id].shape if before is not None else None
    if not flat or shape is None or len(shape) != 3 or shape[0] * shape[1] < 4:
        return None
    return shape[0], shape[1], shape[2]


def source_of(network: Network, node_id: str, title: str, weight: np.ndarray, data: Data) -> Source:
    """A layer's weights as a matrix, or as the small images that they are."""
    if weight.ndim == 4:
        return kernels(node_id, title, weight)
    node = network[node_id]
    image, maps = image_of(network, node, data), maps_of(network, node)
    if image is None and maps is not None and maps[0] * maps[1] * maps[2] == len(weight):
        return kernels(node_id, title, weight.reshape(*maps, weight.shape[1]))
    return Source(node_id, title, weight.copy(), image)


def kernels(node_id: str, title: str, weight: np.ndarray) -> Source:
    """A convolution's weight (height, width, channels, filters) as small images."""
    high, wide, channels, filters = weight.shape
    flat = weight.transpose(0, 1, 3, 2).reshape(high * wide, filters * channels)
    return Source(node_id, title, flat.copy(), (high, wide), channels)


def extent(weights: list[np.ndarray]) -> float:
    """How far a scale must reach: the largest absolute value, of many weights 99.5 percent."""
    most = 0.0
    for weight in weights:
        size = np.abs(weight[np.isfinite(weight)])
        if size.size:
            most = max(most, float(np.quantile(size, 0.995) if size.size > MANY else size.max()))
    return most


def shown(view: View, what: str) -> dict[str, np.ndarray]:
    """Each layer's weights; or how far they are from the seed's first ones; or the gradient of a
    sample's loss by them."""
    network = view.setup.network
    now = {n: view.parameter(n, "weight") for n in titles(network)}
    weights = {n: weight for n, weight in now.items() if weight is not None}
    if what == "change":
        first = view.first_parameters()
        return {n: weight - first[n, "weight"] for n, weight in weights.items()}
    if what == "gradient" and len(view.data.train):
        gradients = sampled_gradients(view, EXAMPLES)
        return {n: gradients.get((n, "weight"), np.zeros_like(w)) for n, w in weights.items()}
    return weights
