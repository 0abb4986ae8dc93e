"""Mends: changes of a setup that put one fault right, each with the name that its button bears."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

from nnstudio.core import fields, registry
from nnstudio.core.contracts import Activation, Layer, Loss, Shape, activations
from nnstudio.core.data import Data
from nnstudio.core.network import Network, Node
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError, mark, named, tr


@dataclasses.dataclass(frozen=True)
class Mend:
    """What one press puts right. ``apply`` takes the setup as it is then and gives a better one;
    a setup that the mend no longer suits comes back as it is."""

    template: str
    apply: Callable[[Setup], Setup]
    values: tuple[tuple[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """What the button says, in the language of now."""
        given = {k: named(v) if isinstance(v, str) else v for k, v in self.values}
        return tr(self.template, **given)

    def __call__(self, setup: Setup) -> Setup:
        """The mended setup."""
        try:
            return self.apply(setup)
        except (StudioError, KeyError):
            return setup


def make(type_name: str, **values: Any) -> Layer:
    """A new layer by its type name, with some fields set."""
    layer: Layer = registry.from_json(Layer, {"type": type_name, **values})
    return layer


def insert_between(network: Network, source: str, target: str, layer: Layer) -> Network:
    """Put a layer on the link from one node to another; other readers of the source stay."""
    new = Node(network.new_id(layer), layer, (source,))
    nodes: list[Node] = []
    for node in network.nodes:
        if node.id == target:
            inputs = tuple(new.id if name == source else name for name in node.inputs)
            nodes += [new, dataclasses.replace(node, inputs=inputs)]
        else:
            nodes.append(node)
    return Network(tuple(nodes))


def final_activation(network: Network) -> str:
    """The short name of the function that the output's values have passed last."""
    layer = network.output.layer
    if isinstance(layer, Activation):
        return layer.name
    return str(getattr(layer, "activation", "linear"))


def _with_final(setup: Setup, name: str) -> Setup:
    network = setup.network
    output = network.output
    if "activation" in fields.fields_of(output.layer):
        layer = fields.changed(output.layer, activation=name)
        return setup.with_network(network.replace(output.id, layer))
    if isinstance(output.layer, Activation):
        before = output.inputs[0]
        if name == "linear":
            nodes = tuple(n for n in network.nodes if n.id != output.id)
            if nodes[-1].id == before:
                return setup.with_network(Network(nodes))
        return setup.with_network(network.replace(output.id, activations()[name]()))
    network, _ = network.insert_after(output.id, activations()[name]())
    return setup.with_network(network)


def use_output(name: str) -> Mend:
    """Another activation at the output."""
    template = {
        "linear": mark("Use linear output"),
        "softmax": mark("Use softmax output"),
        "sigmoid": mark("Use sigmoid output"),
    }[name]
    return Mend(template, lambda setup: _with_final(setup, name))


def use_loss(type_name: str) -> Mend:
    """Another loss, as it is at first."""
    template = {
        "CrossEntropy.v1": mark("Use cross-entropy loss"),
        "MSE.v1": mark("Use mean squared error"),
    }[type_name]
    return Mend(template, lambda setup: setup.with_training(loss=registry.find(Loss, type_name)()))


def insert_before(node: str, type_name: str, **values: Any) -> Mend:
    """A layer between a node and the one that it reads."""
    layer = make(type_name, **values)

    def apply(setup: Setup) -> Setup:
        source = setup.network[node].inputs[0]
        return setup.with_network(insert_between(setup.network, source, node, layer))

    return Mend(mark("Insert {layer}"), apply, (("layer", layer.label),))


def remove(node: str, label: str) -> Mend:
    """Take a node out; what follows reads what it read."""
    return Mend(
        mark("Remove {layer}"),
        lambda setup: setup.with_network(setup.network.remove([node])),
        (("layer", label),),
    )


def join_with(node: str, type_name: str) -> Mend:
    """Join several inputs of a layer that reads one, in a layer before it."""
    layer = make(type_name)

    def apply(setup: Setup) -> Setup:
        network = setup.network
        new = Node(network.new_id(layer), layer, network[node].inputs)
        nodes: list[Node] = []
        for old in network.nodes:
            if old.id == node:
                nodes += [new, dataclasses.replace(old, inputs=(new.id,))]
            else:
                nodes.append(old)
        return setup.with_network(Network(tuple(nodes)))

    return Mend(mark("Join with {layer}"), apply, (("layer", layer.label),))


def set_field(node: str, name: str, value: Any, template: str) -> Mend:
    """Another value of one field of a node."""

    def apply(setup: Setup) -> Setup:
        layer = fields.changed(setup.network[node].layer, **{name: value})
        return setup.with_network(setup.network.replace(node, layer))

    return Mend(template, apply, (("value", value),))


def matching_layer(source: Shape, wanted: Shape) -> Layer | None:
    """A layer that gives values of one shape another one: Dense for a row, a 1 × 1 convolution
    for an image, with a stride if the image is larger by a whole factor."""
    if len(source) == len(wanted) == 1:
        return make("Dense.v1", units=wanted[0])
    if len(source) == len(wanted) == 3:
        factors = [a / b for a, b in zip(source[:2], wanted[:2], strict=True)]
        strides = [max(1, math.ceil(factor)) for factor in factors]
        kept = [-(-a // s) for a, s in zip(source[:2], strides, strict=True)]
        if tuple(kept) == wanted[:2]:
            return make(
                "Conv2D.v1", filters=wanted[2], kernel=[1, 1], stride=strides, padding="same"
            )
    return None


def match_shapes(node: str, at: int, source: Shape, wanted: Shape) -> Mend | None:
    """A layer on one input of a merge that gives it the shape of the others."""
    layer = matching_layer(source, wanted)
    if layer is None:
        return None

    def apply(setup: Setup) -> Setup:
        origin = setup.network[node].inputs[at]
        return setup.with_network(insert_between(setup.network, origin, node, layer))

    return Mend(mark("Insert {layer}"), apply, (("layer", layer.label),))


def add_output(data: Data, shape: Shape) -> Mend:
    """A Dense layer that gives what the data needs, at the end, after a Flatten if one is due."""
    final = "linear"
    if data.task == "classification":
        final = "sigmoid" if data.outputs == 1 else "softmax"

    def apply(setup: Setup) -> Setup:
        network = setup.network
        if len(shape) != 1:
            network, _ = network.insert_after(network.output.id, make("Flatten.v1"))
        last = make("Dense.v1", units=data.outputs, activation=final)
        network, _ = network.insert_after(network.output.id, last)
        return setup.with_network(network)

    return Mend(mark("Add an output layer"), apply)
