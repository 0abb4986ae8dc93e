"""What each layer shows on the canvas: its card's words, and how its values are drawn. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from nnstudio.app.feature_names import input_names
from nnstudio.app.field_texts import activation_text
from nnstudio.core.contracts import Activation, Shape
from nnstudio.core.data import Data
from nnstudio.core.editing import fragments
from nnstudio.core.editing.advice import Advice, advise
from nnstudio.core.fields import fields_of
from nnstudio.core.network import Facts, Network, Node
from nnstudio.core.setup import Setup
from nnstudio.core.text import language, named, tr

#: Layers of up to so many units show each unit with its links.
MOST_UNITS = 16
#: Larger layers show a block of small tiles (of the plane) or cells (of the example) up to these.
MOST_TILES = 64
MOST_CELLS = 1024
#: Probabilities are drawn as bars for up to so many classes.
MOST_BARS = 20
#: So many feature maps of a layer are drawn at most.
MOST_MAPS = 32
#: Layers of these groups show their maps by themselves; of others they are not news.
SHOWN_GROUPS = ("Convolution", "Pooling", "Merge")


#: A block's card is called this and its name.
BLOCK = "block:"


@dataclass(frozen=True)
class Column:
    """One layer on the canvas, or one folded block of layers (``members`` then has several).

    ``kind`` says what is drawn below the card: ``"units"`` one by one, ``"tiles"`` (a block of
    small thumbnails), ``"maps"`` (the feature maps of the example), ``"cells"`` (a block of plain
    colours), ``"image"``, ``"bars"`` or ``"none"``. ``count`` is how many of them there are.
    ``links`` names, for each input, the parameter whose entries are the links (``"weight"``),
    ``"same"`` (one to one) or ``""``; ``edges`` are the nodes that each input really connects and
    ``flows`` the shapes of what comes through them.
    """

    id: str
    title: str
    parts: tuple[str, ...]
    kind: str = "none"
    count: int = 0
    labels: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    edges: tuple[tuple[str, str], ...] = ()
    flows: tuple[str, ...] = ()
    units: int | None = None
    adjustable: bool = False
    movable: bool = False
    error: str = ""
    mend: str = ""  # what the button under the error says
    advice: str = ""
    advice_mend: str = ""
    help: str = ""
    costs: str = ""
    members: tuple[str, ...] = ()
    block: str = ""
    foldable: bool = False
    is_folded: bool = False
    is_open_end: bool = False  # the last layer of a network that has no output yet
    is_end: bool = False  # the output
    frozen: bool = False

    @property
    def is_block(self) -> bool:
        """Whether it stands for a folded block."""
        return self.id.startswith(BLOCK)

    @property
    def has_body(self) -> bool:
        """Whether there is something below the card."""
        return self.kind != "none" or bool(self.error)


@dataclass(frozen=True)
class Folds:
    """What is folded: ``closed`` layers show their card only, ``opened`` ones more than they would
    by themselves; blocks show as one card unless they are in ``open_blocks``."""

    closed: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    open_blocks: frozenset[str] = frozenset()


def shows_plane(data: Data) -> bool:
    """Whether units can be drawn over the input plane."""
    return data.plane is not None


def shape_text(shape: Shape) -> str:
    """A shape as it is written: ``28 × 28 × 1``."""
    return " × ".join(f"{size:,}" for size in shape)


#: Columns by node id, with what they were made from.
Memory = dict[str, tuple[tuple[Any, ...], Column]]


def describe(
    setup: Setup, data: Data, folds: Folds = Folds(), memory: Memory | None = None
) -> tuple[Column, ...]:
    """The columns of the canvas, in the order of the network. With a ``memory`` of the last call,
    layers that have not changed cost little."""
    network = setup.network
    blocks = {n.block for n in network.nodes if n.block} - folds.open_blocks
    folded = fragments.foldable(network, blocks)
    shown = {n.id: BLOCK + n.block if n.block in folded else n.id for n in network.nodes}
    faults: dict[str, Advice] = {}
    advised: dict[str, Advice] = {}
    for advice in advise(setup, data):
        (faults if advice.is_fault else advised).setdefault(advice.node, advice)
    columns: dict[str, Column] = {}
    for node in network.nodes:
        if shown[node.id] != node.id:
            column = _block_column(network, node, columns.get(shown[node.id]), faults)
        else:
            column = _column_again(network, node, data, folds, memory)
            column = _with_advice(column, faults.get(node.id), advised.get(node.id))
        columns[column.id] = _with_inputs(network, node, column, columns, shown)
    for gone in [name for name in memory or () if name not in network]:
        del memory[gone]  # type: ignore[union-attr]
    return tuple(columns.values())


def _with_inputs(
    network: Network, node: Node, column: Column, columns: dict[str, Column], shown: dict[str, str]
) -> Column:
    """Add what a node reads to its column, if it comes from another one."""
    inputs, links = list(column.inputs), list(column.links)
    edges, flows = list(column.edges), list(column.flows)
    for source in node.inputs:
        if shown[source] in inputs or shown[source] == column.id:
            continue
        shape = network.facts[source].shape
        before = columns.get(shown[source])
        count = column.count
        facts = network.facts[node.id]
        inputs.append(shown[source])
        links.append(_links(facts, column.kind, count, before) if before is not None else "")
        edges.append((source, node.id))
        flows.append(shape_text(shape) if shape is not None else "")
    return replace(
        column, inputs=tuple(inputs), links=tuple(links), edges=tuple(edges), flows=tuple(flows)
    )


def _with_advice(column: Column, fault: Advice | None, advice: Advice | None) -> Column:
    if fault is not None:
        mend = fault.mend.name if fault.mend is not None else ""
        return replace(column, error=fault.sentence, mend=mend)
    if advice is not None:
        mend = advice.mend.name if advice.mend is not None else ""
        return replace(column, advice=advice.sentence, advice_mend=mend)
    return column


def _block_column(
    network: Network, node: Node, before: Column | None, faults: dict[str, Advice]
) -> Column:
    """The card of a folded block, after one more of its nodes."""
    members = (*before.members, node.id) if before is not None else (node.id,)
    count = sum(network.facts[name].parameter_count for name in members)
    shape = network.facts[members[-1]].shape
    parts = [tr("1 layer") if len(members) == 1 else tr("{n} layers", n=len(members))]
    parts.append(tr("{n} params", n=f"{count:,}") if count else shape_text(shape or ()))
    wrong = next((faults[name] for name in members if name in faults), None)
    made = before or Column(
        BLOCK + node.block, node.block, (), movable=False, block=node.block, foldable=True,
        is_folded=True, help=tr("A block of layers. Double-click to unfold it."),
    )  # fmt: skip
    made = replace(
        made, members=members, parts=tuple(parts), costs=costs_text(network, members),
        error=wrong.sentence if wrong is not None else "",
    )  # fmt: skip
    return made


def costs_text(network: Network, names: Sequence[str]) -> str:
    """Parameters, floating-point operations and memory of some layers, for one example."""
    facts = [network.facts[name] for name in names]
    count = sum(f.parameter_count for f in facts)
    values = sum(math.prod(f.shape) for f in facts if f.shape is not None)
    parts = [tr("1 param") if count == 1 else tr("{n} params", n=f"{count:,}")]
    parts.append(with_prefix(sum(f.flops for f in facts), "FLOP"))
    parts.append(with_prefix(4 * (count + values), "B"))
    return " · ".join(parts)


def with_prefix(value: float, unit: str) -> str:
    """A number with a unit: ``20.5 MFLOP``."""
    for prefix in ("", "k", "M"):
        if value < 1000:
            return f"{value:.3g} {prefix}{unit}"
        value /= 1000
    return f"{value:.3g} G{unit}"


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


def _column_again(
    network: Network, node: Node, data: Data, folds: Folds, memory: Memory | None
) -> Column:
    """The column of a layer as it is remembered, if nothing about it has changed."""
    is_last = node.id == network.output.id
    made_from = (
        node, network.facts[node.id], data, language(), node.id == network.input.id,
        is_last and ends_in_output(network, data), is_last,
        node.id in folds.closed, node.id in folds.opened,
    )  # fmt: skip
    if memory is None:
        return _column(network, node, data, folds)
    kept = memory.get(node.id)
    if kept is None or any(a is not b for a, b in zip(kept[0], made_from, strict=True)):
        memory[node.id] = kept = (made_from, _column(network, node, data, folds))
    return kept[1]


def _column(network: Network, node: Node, data: Data, folds: Folds) -> Column:
    facts = network.facts[node.id]
    is_input = node.id == network.input.id
    is_last = node.id == network.output.id
    is_output = is_last and ends_in_output(network, data)
    units = getattr(node.layer, "units", None) if "units" in fields_of(node.layer) else None
    kind, count = _kind(node, facts, data, is_input, is_output)
    foldable = kind != "none" and not is_input
    quiet = kind == "maps" and node.layer.group not in SHOWN_GROUPS
    closed = foldable and (node.id in folds.closed or (quiet and node.id not in folds.opened))
    name = tr("Output") if is_output else tr(node.layer.label)
    size = units if units is not None else math.prod(facts.shape) if facts.shape else None
    shown = size if units is not None or is_output else None
    return Column(
        id=node.id,
        title=name if shown is None or is_input else f"{name} · {shown:,}",
        parts=_parts(node, facts, data, is_input, is_output),
        kind="none" if closed else kind,
        count=count,
        labels=_labels(data, count, is_input, is_output),
        units=units,
        adjustable=units is not None and not is_output,
        movable=not is_input and not is_output,
        help=tr(node.layer.help),
        costs=costs_text(network, [node.id]) if facts.shape is not None else "",
        members=(node.id,),
        block=node.block,
        foldable=foldable,
        is_folded=closed,
        is_open_end=is_last and not is_output,
        is_end=is_output,
        frozen=node.frozen,
    )


def ends_in_output(network: Network, data: Data) -> bool:
    """Whether the last layer is an output: a Dense layer, an activation behind one, or whatever
    gives a row as long as the data wants."""
    if len(network.nodes) < 2:
        return False
    last = network.output
    if "units" in fields_of(last.layer):
        return True
    if isinstance(last.layer, Activation) and last.inputs:
        return "units" in fields_of(network[last.inputs[0]].layer)
    shape = network.output_shape
    return shape in ((data.outputs,), (len(data.classes) or -1,))


def _kind(node: Node, facts: Facts, data: Data, is_input: bool, is_output: bool) -> tuple[str, int]:
    shape = facts.shape
    if shape is None:
        return "none", 0
    size = math.prod(shape)
    if shows_plane(data):
        if len(shape) != 1 or size > MOST_TILES:
            return "none", 0
        return ("units" if size <= MOST_UNITS else "tiles"), size
    if len(shape) in (2, 3) and is_input and (len(shape) == 2 or shape[2] in (1, 3)):
        return "image", 1
    if len(shape) == 3:
        return "maps", min(shape[2], MOST_MAPS)
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
        names = input_names(data)
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
