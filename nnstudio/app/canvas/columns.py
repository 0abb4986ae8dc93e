"""What each layer shows on the canvas: its card's words, and how its values are drawn. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nnstudio.app.field_texts import activation_text
from nnstudio.core.contracts import Activation, Shape
from nnstudio.core.data import Data
from nnstudio.core.fields import fields_of
from nnstudio.core.network import Facts, Network, Node
from nnstudio.core.setup import Setup
from nnstudio.core.text import named, tr

#: Layers of up to so many units show each unit with its links.
MOST_UNITS = 16
#: Larger layers show a block of small tiles (of the plane) or cells (of the example) up to these.
MOST_TILES = 64
MOST_CELLS = 1024
#: Probabilities are drawn as bars for up to so many classes.
MOST_BARS = 20

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Column:
    """One layer on the canvas.

    ``kind`` says what is drawn below the card: ``"units"`` one by one, ``"tiles"`` (a block of
    small thumbnails), ``"cells"`` (a block of plain colours), ``"image"``, ``"bars"`` or
    ``"none"``. ``count`` is how many of them there are. ``links`` names, for each input, the
    parameter whose entries are the links (``"weight"``), ``"same"`` (one to one) or ``""``.
    """

    id: str
    title: str
    parts: tuple[str, ...]
    kind: str = "none"
    count: int = 0
    labels: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    units: int | None = None
    adjustable: bool = False
    movable: bool = False
    error: str = ""
    help: str = ""


def shows_plane(data: Data) -> bool:
    """Whether units can be drawn over the input plane."""
    return data.plane is not None


def feature_text(name: str) -> str:
    """A feature's name as it is written: ``x1^2`` -> ``x₁²``, ``sin(x1)`` -> ``sin x₁``."""
    if not name.startswith(("x", "sin(x")) or len(name) > 7:
        return name
    text = name.replace("sin(", "sin ").replace(")", "").replace("*", "")
    text, power, _ = text.partition("^2")
    return text.translate(_SUBSCRIPTS) + ("²" if power else "")


def shape_text(shape: Shape) -> str:
    """A shape as it is written: ``28 × 28 × 1``."""
    return " × ".join(f"{size:,}" for size in shape)


def describe(setup: Setup, data: Data) -> tuple[Column, ...]:
    """The columns of the canvas, in the order of the network."""
    network = setup.network
    columns: dict[str, Column] = {}
    for node in network.nodes:
        columns[node.id] = _column(network, node, data, columns)
    return tuple(columns.values())


def activation_of(network: Network, node: Node) -> str:
    """The short name of the last function applied to a node's values; ``""`` if unknown."""
    layer = node.layer
    if isinstance(layer, Activation):
        return layer.name
    name = getattr(layer, "activation", None)
    if isinstance(name, str):
        return name
    if node.inputs and node.id != network.input.id:
        return activation_of(network, network[node.inputs[0]])
    return ""


def _column(network: Network, node: Node, data: Data, before: dict[str, Column]) -> Column:
    facts = network.facts[node.id]
    is_input, is_output = node.id == network.input.id, node.id == network.output.id
    units = getattr(node.layer, "units", None) if "units" in fields_of(node.layer) else None
    kind, count = _kind(node, facts, data, is_input, is_output)
    name = tr("Output") if is_output else tr(node.layer.label)
    size = units if units is not None else math.prod(facts.shape) if facts.shape else None
    shown = size if units is not None or is_output else None
    return Column(
        id=node.id,
        title=name if shown is None or is_input else f"{name} · {shown:,}",
        parts=_parts(node, facts, data, is_input, is_output),
        kind=kind,
        count=count,
        labels=_labels(data, count, is_input, is_output),
        inputs=node.inputs,
        links=tuple(_links(facts, kind, count, before[name]) for name in node.inputs),
        units=units,
        adjustable=units is not None and not is_output,
        movable=not is_input and not is_output,
        error=str(facts.error) if facts.error else "",
        help=tr(node.layer.help),
    )


def _kind(node: Node, facts: Facts, data: Data, is_input: bool, is_output: bool) -> tuple[str, int]:
    shape = facts.shape
    if shape is None:
        return "none", 0
    size = math.prod(shape)
    if shows_plane(data):
        if len(shape) != 1 or size > MOST_TILES:
            return "none", 0
        return ("units" if size <= MOST_UNITS else "tiles"), size
    if len(shape) in (2, 3) and (len(shape) == 2 or shape[2] in (1, 3)):
        return "image", 1
    if len(shape) != 1:
        return "none", 0
    classes = len(data.classes)
    if is_output and data.task == "classification" and 2 < classes == size <= MOST_BARS:
        return "bars", size
    if size <= MOST_UNITS:
        return "units", size
    if not facts.parameters and facts.input_shapes and facts.input_shapes[0] != shape:
        return "none", 0  # the same numbers again in another order
    return ("cells", size) if size <= MOST_CELLS else ("none", 0)


def _parts(
    node: Node, facts: Facts, data: Data, is_input: bool, is_output: bool
) -> tuple[str, ...]:
    if facts.shape is None:
        return ("—",)
    if is_input:
        if len(facts.shape) > 1:
            return (shape_text(facts.shape),)
        count = facts.shape[0]
        return (tr("1 feature") if count == 1 else tr("{n} features", n=f"{count:,}"),)
    summary = node.layer.summary()
    if is_output and not summary:
        summary = tr(node.layer.label)
    parts = [" · ".join(map(activation_text, summary.split(" · ")))] if summary else []
    if facts.parameters:
        count = facts.parameter_count
        parts.append(tr("1 param") if count == 1 else tr("{n} params", n=f"{count:,}"))
    elif "units" not in fields_of(node.layer) and not is_output:
        parts.append(shape_text(facts.shape))
    return tuple(parts)


def _labels(data: Data, count: int, is_input: bool, is_output: bool) -> tuple[str, ...]:
    names: tuple[str, ...] = ()
    if is_input:
        names = tuple(
            map(feature_text, data.plane) if data.plane else map(named, data.feature_names)
        )
    elif is_output:
        shown = data.classes if data.task == "classification" else data.target_names
        names = tuple(map(named, shown))
        if count == 1 and data.task == "classification":
            names = ()
    return names if len(names) == count else ()


def _links(facts: Facts, kind: str, count: int, source: Column) -> str:
    if kind not in ("units", "bars") or source.kind != "units":
        return ""
    for parameter in facts.parameters:
        if parameter.shape == (source.count, count) and parameter.trainable:
            return parameter.name
    same = kind == "units" and not facts.parameters and source.count == count
    return "same" if same else ""


def unit_text(column: Column, index: int) -> str:
    """What a unit is called in a sentence."""
    if column.labels:
        return column.labels[index]
    if column.count == 1:
        return tr("output") if not column.movable else tr("unit 1")
    return tr("unit {n}", n=index + 1)
