"""Whose a weight is, and how large a layer's weights are, in words."""

from __future__ import annotations

from nnstudio.app.mosaic import Block
from nnstudio.app.weight_sources import sees_input
from nnstudio.core.data import Data
from nnstudio.core.network import Network
from nnstudio.core.text import named, tr


def whose(block: Block, inputs: slice, units: slice, network: Network, data: Data) -> str:
    """``x₁ → unit 3``, ``channel 2 · pixel 1, 3 → filter 7``: the weights of some inputs and
    units of a block."""
    unit = tr("unit {n}", n=_numbers(units))
    source = tr("input {n}", n=_numbers(inputs))
    if block.source.node not in network:
        return f"{source} → {unit}"
    node = network[block.source.node]
    names, classes = data.feature_names, data.classes
    is_output = node.id == network.output.id
    count = block.source.weight.shape[1] // max(1, block.source.channels)
    direct = sees_input(network, node)
    if block.image is not None:
        row, column = divmod(inputs.start, block.image[1])
        source = tr("pixel {row}, {column}", row=row + 1, column=column + 1)
        if block.source.channels:
            number, channel = divmod(units.start, block.source.channels)
            units = slice(number, number + 1)
            is_filter = node.layer.type_name.startswith("Conv")
            unit = tr("filter {n}" if is_filter else "unit {n}", n=number + 1)
            if block.source.channels > 1:
                source = tr("channel {n}", n=channel + 1) + " · " + source
    elif direct and len(names) == block.source.weight.shape[0] and _one(inputs):
        source = named(names[inputs.start])
    elif not direct:
        source = tr("unit {n}", n=_numbers(inputs))
    if is_output and len(classes) == count and _one(units):
        unit = named(classes[units.start])
    return f"{source} → {unit}"


def _one(part: slice) -> bool:
    return bool(part.stop - part.start == 1)


def _numbers(part: slice) -> str:
    """``3`` or ``3–5``, counted from 1."""
    return f"{part.start + 1}" if _one(part) else f"{part.start + 1}–{part.stop}"


def size_text(block: Block) -> str:
    """``4 × 8``, ``128 of 28 × 28``, ``784 × 512``."""
    inputs, units = block.source.weight.shape
    if block.image is None:
        return f"{inputs} × {units}"
    high, wide = block.image
    size = f"{high} × {wide}"
    if block.count < units:
        first, last = block.first + 1, block.first + block.count
        return tr("{first}–{last} of {units}", first=first, last=last, units=f"{units:,}")
    return tr("{units} of {size}", units=units, size=size)
