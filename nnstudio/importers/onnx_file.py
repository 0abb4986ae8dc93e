"""ONNX files: operators that are layers here, with their weights.

Images stand channels first there and channels last here. A transposition between the two is
followed, not kept; a Flatten of channels first orders numbers otherwise, so the rows of the next
product's weights are put in our order.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from nnstudio.core.exchange.assembling import Assembly
from nnstudio.core.exchange.formats import Importer
from nnstudio.core.exchange.imported import Reading
from nnstudio.core.exchange.onnx_operators import Graph, Unread
from nnstudio.core.registry import register
from nnstudio.core.text import StudioError, mark

#: Bounds on what a file may hold.
MOST_BYTES, MOST_NODES, MOST_NUMBERS = 512 << 20, 5000, 100_000_000
#: Types of numbers that are read.
TYPES = {1: np.float32, 6: np.int32, 7: np.int64, 9: np.bool_, 10: np.float16, 11: np.float64}


@register("OnnxFileIn.v1")
class OnnxFile(Importer):
    """A graph of operators that are layers here."""

    label = mark("ONNX")
    help = mark("An ONNX file whose operators are layers here; its weights come along.")
    extensions = (".onnx",)
    order = 1

    def suits(self, content: bytes, name: str) -> bool:
        """By its ending, or because it is no text and begins like one."""
        binary = content[:1] == b"\x08" and b"\0" in content[:4096]
        return name.lower().endswith(".onnx") or binary

    def read(self, content: bytes, name: str) -> Reading:
        """The network and its weights."""
        with np.errstate(all="ignore"):  # a damaged number is no reason to warn
            return self._read(content, name)

    @staticmethod
    def _read(content: bytes, name: str) -> Reading:
        model = _parsed(content, name)
        graph = model.graph
        if len(graph.node) > MOST_NODES or len(content) > MOST_BYTES:
            raise StudioError(mark("“{name}” holds more numbers than can be read here."), name=name)
        constants = _constants(graph, name)
        assembly = Assembly()
        walk = Graph(assembly, constants)
        given = next((i for i in graph.input if i.name not in constants), None)
        shape = _shape(given)
        if given is None or not shape:
            raise StudioError(mark("“{name}” has no input with a known shape."), name=name)
        walk.start(given.name, shape, _is_channels_first(graph, given.name, shape))
        for node in graph.node:
            try:
                walk.node(node)
            except StudioError as error:
                assembly.remark(0, error)
                walk.skip(node)
            except Unread:
                assembly.remark(0, StudioError(
                    mark("The operator {op} ({name}) has no counterpart here; it was passed "
                         "over."), op=str(node.op_type)[:40], name=str(node.name)[:40],
                ))  # fmt: skip
                walk.skip(node)
            except (ValueError, IndexError, KeyError, TypeError, OverflowError, AttributeError):
                raise _damaged(name) from None
        output = walk.output(graph.output[0].name if graph.output else "")
        if output is None or len(assembly.nodes) < 2:
            raise StudioError(mark("No layer of “{name}” could be read."), name=name)
        found = assembly.finish(output, name.rpartition(".")[0] or name)
        weights = {}
        for node_of_ours in found.network.nodes:
            for p in found.network.facts[node_of_ours.id].parameters:
                value = walk.weights.get((node_of_ours.id, p.name))
                if value is not None and value.size == p.size and np.isfinite(value).all():
                    weights[node_of_ours.id, p.name] = np.ascontiguousarray(
                        value.reshape(p.shape), np.float32
                    )
        return dataclasses.replace(found, parameters=weights)


def _parsed(content: bytes, name: str) -> Any:
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    try:
        model = onnx.ModelProto.FromString(content)
    except (DecodeError, ValueError, RuntimeError, RecursionError, MemoryError):
        raise _damaged(name) from None
    if not model.graph.node:
        raise _damaged(name)
    return model


def _damaged(name: str) -> StudioError:
    return StudioError(mark("“{name}” is no ONNX file, or it is damaged."), name=name)


def _constants(graph: Any, name: str) -> dict[str, np.ndarray]:
    """Stored arrays by name; nothing outside the file is opened."""
    found: dict[str, np.ndarray] = {}
    total = 0
    stored = [(t.name, t) for t in graph.initializer]
    for node in graph.node:
        if node.op_type == "Constant" and node.output:
            stored += [(node.output[0], a.t) for a in node.attribute if a.name == "value"]
    for key, tensor in stored:
        size = math.prod(tensor.dims)
        total += max(0, size)
        if total > MOST_NUMBERS or len(tensor.dims) > 8 or min(tensor.dims, default=0) < 0:
            raise StudioError(mark("“{name}” holds more numbers than can be read here."), name=name)
        dtype = TYPES.get(tensor.data_type)
        if dtype is None or tensor.data_location == 1:
            continue
        try:
            if tensor.raw_data:
                array = np.frombuffer(tensor.raw_data, np.dtype(dtype).newbyteorder("<"))
            else:
                plain = tensor.float_data or tensor.int64_data or tensor.int32_data
                array = np.array(plain or tensor.double_data)
            found[key] = array.astype(dtype).reshape(tuple(tensor.dims))
        except (ValueError, TypeError, OverflowError):
            raise _damaged(name) from None
    return found


def _shape(given: Any) -> tuple[int, ...]:
    """The shape of one example."""
    if given is None:
        return ()
    dims = [d.dim_value for d in given.type.tensor_type.shape.dim]
    sizes = tuple(int(d) for d in dims[1:])
    return sizes if 0 < len(sizes) <= 4 and all(0 < size < 2**24 for size in sizes) else ()


def _is_channels_first(graph: Any, name: str, shape: tuple[int, ...]) -> bool:
    """Whether the input is read by an operator that wants channels first."""
    if len(shape) < 2:
        return False
    kinds = {n.op_type for n in graph.node if name in n.input}
    return bool(kinds & {"Conv", "MaxPool", "AveragePool", "BatchNormalization", "ConvTranspose",
                         "GlobalAveragePool", "InstanceNormalization", "Flatten"})  # fmt: skip
