"""Advice: what is wrong with a setup, or merely unwise, in a sentence, with a mend if there is one.

Pure and instant, so that the window can ask after every edit. Faults (``is_fault``) keep the
network from running; the rest trains, only worse than it could.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from nnstudio.core.contracts import activations
from nnstudio.core.data import Data
from nnstudio.core.editing import mends
from nnstudio.core.editing.mends import Mend, final_activation
from nnstudio.core.fields import fields_of
from nnstudio.core.fitting import NO_LAYER
from nnstudio.core.network import Facts, Network, Node
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError, mark

#: Functions whose values have bounds: least and largest.
BOUNDS = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "sine": (-1.0, 1.0),
    "relu": (0.0, math.inf),
    "softplus": (0.0, math.inf),
}
PROBABILITIES = ("sigmoid", "softmax")


@dataclass(frozen=True)
class Advice:
    """One thing to change: at which node, why, and how. ``mend`` takes a setup and gives a better
    one; ``mend.name`` is what its button says."""

    node: str
    message: StudioError
    mend: Mend | None = None
    is_fault: bool = False

    @property
    def sentence(self) -> str:
        """The words, in the language of now."""
        return str(self.message)


def advise(setup: Setup, data: Data) -> list[Advice]:
    """Faults first, then advice; at most one fault a node."""
    found = list(_faults(setup.network, data))
    if not found:
        found += _output_faults(setup, data)
    if not found:
        found += _about_output(setup, data)
        found += _about_hidden(setup.network)
    return found


# --- faults ---------------------------------------------------------------------------------------


def _faults(network: Network, data: Data) -> Iterator[Advice]:
    for node in network.nodes:
        facts = network.facts[node.id]
        if facts.error is not None:
            yield Advice(node.id, facts.error, _mend_of(network, node, facts), True)


def _mend_of(network: Network, node: Node, facts: Facts) -> Mend | None:
    """What would put a node right, if anything plain would."""
    layer, shapes = node.layer, facts.input_shapes
    if layer.arity == 1 and len(node.inputs) > 1 and len(shapes) == len(node.inputs):
        alike = all(shape == shapes[0] for shape in shapes)
        return mends.join_with(node.id, "Add.v1" if alike else "Concatenate.v1")
    if layer.arity == -1:
        return _mend_of_merge(node, shapes)
    if len(shapes) != 1:
        return None
    (shape,) = shapes
    if layer.type_name == "Dense.v1" and len(shape) > 1:
        return mends.insert_before(node.id, "Flatten.v1")
    needs_image = layer.type_name.split(".")[0].endswith("2D")
    before = network[node.inputs[0]]
    if needs_image and len(shape) == 1 and before.layer.type_name == "Flatten.v1":
        return mends.remove(before.id, before.layer.label)
    side = math.isqrt(shape[0]) if len(shape) == 1 else 0
    if needs_image and side > 1 and side * side == shape[0]:
        return mends.insert_before(node.id, "Reshape.v1", shape=[side, side, 1])
    if layer.type_name == "Reshape.v1":
        return mends.set_field(node.id, "shape", (-1,), mark("Lay out as one row"))
    if len(shape) == 3 and getattr(layer, "padding", "") == "valid" and facts.error is not None:
        padded = mends.set_field(node.id, "padding", "same", mark("Use “same” padding"))
        return padded if "padding" in fields_of(layer) else None
    return None


def _mend_of_merge(node: Node, shapes: tuple[tuple[int, ...], ...]) -> Mend | None:
    if len(shapes) != len(node.inputs):
        return None
    if len(shapes) == 1:
        return mends.remove(node.id, node.layer.label)
    for at, shape in enumerate(shapes):
        if shape == shapes[0]:
            continue
        if node.layer.type_name == "Concatenate.v1":
            wanted = (*shapes[0][:-1], shape[-1])
            return mends.match_shapes(node.id, at, shape, wanted)
        # The larger one is brought to the size of the smaller.
        if math.prod(shape) < math.prod(shapes[0]):
            return mends.match_shapes(node.id, 0, shapes[0], shape)
        return mends.match_shapes(node.id, at, shape, shapes[0])
    return None


def _output_faults(setup: Setup, data: Data) -> Iterator[Advice]:
    """What the loss says of the output, and of the data."""
    network, loss = setup.network, setup.training.loss
    shape = network.output_shape
    if loss is None or shape is None:
        return
    output = network.output
    if len(network.nodes) == 1:
        yield Advice(output.id, StudioError(NO_LAYER), mends.add_output(data, shape), True)
        return
    if loss.tasks and data.task not in loss.tasks:
        other = "CrossEntropy.v1" if data.task == "classification" else "MSE.v1"
        try:
            loss.check(shape, data)
        except StudioError as error:
            yield Advice(output.id, error.at(output.id), mends.use_loss(other), True)
            return
    try:
        loss.check(shape, data)
    except StudioError as error:
        mend: Mend | None = None
        if shape not in ((data.outputs,), (len(data.classes),)):
            mend = mends.add_output(data, shape)
            if output.layer.type_name == "Dense.v1":
                name = mark("Set units to {value}")
                mend = mends.set_field(output.id, "units", data.outputs, name)
        yield Advice(output.id, error.at(output.id), mend, True)


# --- advice ---------------------------------------------------------------------------------------


def _about_output(setup: Setup, data: Data) -> Iterator[Advice]:
    network, loss = setup.network, setup.training.loss
    if loss is None or len(network.nodes) < 2:
        return
    output, final = network.output, final_activation(network)
    shape = network.output_shape or ()
    if data.task == "regression":
        yield from _about_regression(setup, data, final)
        return
    if final == "softmax" and shape == (1,):
        message = mark("Softmax of a single number is always 1, so nothing can be learned.")
        yield Advice(output.id, StudioError(message), mends.use_output("sigmoid"))
    elif loss.type_name == "CrossEntropy.v1":
        yield from _about_logits(output, final, shape)
    elif final in PROBABILITIES and loss.type_name in ("MSE.v1", "MAE.v1", "Huber.v1"):
        message = mark(
            "With {loss}, a confidently wrong {activation} hardly learns: its slope is nearly "
            "zero there. Cross-entropy has no such plateau."
        )
        names = {"loss": loss.label, "activation": _label(final)}
        yield Advice(output.id, StudioError(message, **names), mends.use_loss("CrossEntropy.v1"))


def _about_logits(output: Node, final: str, shape: tuple[int, ...]) -> Iterator[Advice]:
    """Cross-entropy takes a matching probability, or a number without bounds."""
    one = shape == (1,)
    if final == "sigmoid" and not one:
        message = mark(
            "Sigmoid judges each class on its own, but an example has exactly one class. Softmax "
            "makes the probabilities add up to 1."
        )
        yield Advice(output.id, StudioError(message), mends.use_output("softmax"))
    elif final in BOUNDS and final not in PROBABILITIES:
        message = mark(
            "{activation} keeps the output within bounds, so the network can never be sure of a "
            "class."
        )
        mend = mends.use_output("sigmoid" if one else "softmax")
        yield Advice(output.id, StudioError(message, activation=_label(final)), mend)


def _about_regression(setup: Setup, data: Data, final: str) -> Iterator[Advice]:
    output = setup.network.output
    low, high = BOUNDS.get(final, (-math.inf, math.inf))
    least, most = data.target_range
    if final == "softmax":
        message = mark("Softmax makes the outputs add up to 1; numbers as targets seldom do.")
        yield Advice(output.id, StudioError(message), mends.use_output("linear"))
    elif least < low or most > high:
        message = mark(
            "{activation} gives only numbers from {low} to {high}, but the targets go from {least} "
            "to {most}."
        )
        names = {
            "activation": _label(final), "low": f"{low:g}",
            "high": "∞" if high == math.inf else f"{high:g}",
            "least": f"{least:.3g}", "most": f"{most:.3g}",
        }  # fmt: skip
        yield Advice(output.id, StudioError(message, **names), mends.use_output("linear"))


def _about_hidden(network: Network) -> Iterator[Advice]:
    for node in network.nodes[1:]:
        before = network[node.inputs[0]]
        after = getattr(before.layer, "activation", getattr(before.layer, "name", ""))
        last = node is network.output
        if node.layer.type_name == "Softmax.v1" and after == "softmax":
            message = mark("Two softmaxes in a row make all probabilities nearly alike.")
            mend = mends.remove(node.id, node.layer.label)
            yield Advice(node.id, StudioError(message), mend)
        elif last and node.layer.type_name in ("Dropout.v1", "GaussianNoise.v1"):
            message = mark("{layer} at the very end disturbs the prediction itself.")
            mend = mends.remove(node.id, node.layer.label)
            yield Advice(node.id, StudioError(message, layer=node.layer.label), mend)
        elif _is_linear_pair(network, before, node):
            message = mark(
                "Without an activation between them, this layer and the one before it can do no "
                "more than a single one."
            )
            mend = mends.set_field(before.id, "activation", "relu", mark("Put ReLU between them"))
            yield Advice(node.id, StudioError(message), mend)


def _is_linear_pair(network: Network, before: Node, node: Node) -> bool:
    """Whether a Dense layer reads another that has no activation, and nobody else does."""
    return (
        before.layer.type_name == node.layer.type_name == "Dense.v1"
        and getattr(before.layer, "activation", "") == "linear"
        and len(network.consumers(before.id)) == 1
        and before.layer.units >= node.layer.units  # type: ignore[attr-defined]
    )


def _label(name: str) -> str:
    return activations()[name].label
