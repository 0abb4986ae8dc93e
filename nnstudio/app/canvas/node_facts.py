"""What the inspector says of layers besides their fields: names, formulas, shapes and costs."""

from __future__ import annotations

import re

from nnstudio.analysis import sketches
from nnstudio.analysis.sketches import Sketch
from nnstudio.app.canvas.columns import shape_text
from nnstudio.app.field_texts import activation_text
from nnstudio.app.numbers import as_bytes, in_units
from nnstudio.core.contracts import Activation, Layer
from nnstudio.core.fields import Field, fields_of
from nnstudio.core.network import Facts, Network, Node
from nnstudio.core.setup import Setup
from nnstudio.core.text import tr


def title(network: Network, nodes: tuple[str, ...]) -> str:
    """“Dense · 8”, “Output · 10”, or “3 layers”."""
    if len(nodes) > 1:
        return tr("{count} layers", count=len(nodes))
    node = network[nodes[0]]
    ends = node.id == network.output.id and hasattr(node.layer, "units")  # else it is open yet
    name = tr("Output") if ends else tr(node.layer.label)
    size = getattr(node.layer, "units", getattr(node.layer, "filters", None))
    return name if size is None else f"{name} · {size:,}"


def formula(layer: Layer) -> str:
    """The layer's formula, with the activation that it has instead of f."""
    text = tr(layer.formula) if layer.formula else ""
    if not getattr(layer, "use_bias", True):
        text = re.sub(r" \+ b(\[[^\]]*\])?", "", text)
    name = getattr(layer, "activation", "")
    if not name or "f(" not in text:
        return text
    if name == "linear":
        before, _, inside = text.partition("f(")
        return before + (inside[:-1] if inside.endswith(")") else inside)
    return text.replace("f(", f"{activation_text(name)}(", 1)


#: How formulas call parameters.
_SYMBOLS = {"bias": "b", "gamma": "γ", "beta": "β", "scale": "γ", "shift": "β", "slope": "a"}


def _symbol(name: str, formula: str) -> str:
    if name == "weight":
        return "W" if "W" in formula else "w"
    return _SYMBOLS.get(name, name)


def numbers(layer: Layer, facts: Facts) -> str:
    """The sizes of what the formula names: “x 4, W 4 × 8, b 8 → y 8”."""
    if facts.shape is None or not facts.input_shapes:
        return ""
    given = [f"x {shape_text(shape)}" for shape in facts.input_shapes]
    held = [
        f"{_symbol(p.name, layer.formula)} {shape_text(p.shape)}"
        for p in facts.parameters
        if p.trainable
    ]
    return f"{', '.join(given + held)} → y {shape_text(facts.shape)}"


def costs(network: Network, nodes: tuple[str, ...]) -> str:
    """“Output 8 · 40 parameters · 72 FLOP · 160 B”, or the sums of several layers."""
    facts = [network.facts[node] for node in nodes]
    count = sum(one.parameter_count for one in facts)
    parts = []
    if len(facts) == 1 and facts[0].shape is not None:
        parts.append(tr("Output {shape}", shape=shape_text(facts[0].shape)))
    if count:
        parts.append(tr("{count} parameters", count=f"{count:,}"))
    flops = sum(one.flops for one in facts)
    if flops:
        parts.append(in_units(flops, "FLOP"))
    if count:
        parts.append(as_bytes(4 * count))
    return " · ".join(parts)


def common_fields(layers: list[Layer]) -> list[str]:
    """The names of the fields that all layers share, in the first one's order."""

    def alike(one: Field, other: Field | None) -> bool:
        return other is not None and (one.kind, one.label, one.length) == (
            other.kind, other.label, other.length,
        )  # fmt: skip

    first = fields_of(layers[0])
    return [
        name
        for name, field in first.items()
        if field.kind != "value"
        and all(alike(field, fields_of(layer).get(name)) for layer in layers[1:])
    ]


def pictures(setup: Setup, nodes: tuple[str, ...]) -> tuple[Sketch | None, Sketch | None]:
    """The activation, and the spread of the first weights, of layers that agree in them."""
    network = setup.network
    found = [network[node] for node in nodes]
    return _same(_activation, found), _same(_initializer_of(network), found)


def _same(make, nodes: list[Node]) -> Sketch | None:  # type: ignore[no-untyped-def]
    keys = {repr(make(node, key=True)) for node in nodes}
    return make(nodes[0], key=False) if len(keys) == 1 else None


def _activation(node: Node, *, key: bool) -> object:
    layer = node.layer
    if isinstance(layer, Activation):
        return layer if key else sketches.of_activation(layer)
    name = getattr(layer, "activation", "")
    if key:
        return name
    return sketches.of_activation_named(name) if name else None


def _initializer_of(network: Network):  # type: ignore[no-untyped-def]
    def find(node: Node, *, key: bool) -> object:
        weights = [p for p in network.facts[node.id].parameters if p.regularized]
        if not weights or "initializer" not in fields_of(node.layer):
            return None
        return weights[0] if key else sketches.of_initializer(weights[0])

    return find
