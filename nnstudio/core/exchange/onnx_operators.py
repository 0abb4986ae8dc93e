"""ONNX operators as our layers, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnstudio.core.contracts import Shape
from nnstudio.core.exchange.assembling import Assembly, Tensor, layer


class Unread(Exception):
    """An operator that has no counterpart here."""


@dataclass(frozen=True)
class Value:
    """A value of the graph: our tensor; ``first``: there it has channels first; ``turned``: it is
    a row that was flattened with channels first, of this shape (channels last)."""

    tensor: Tensor
    first: bool = False
    turned: Shape = ()


SIMPLE = {
    "Relu": "ReLU.v1", "Sigmoid": "Sigmoid.v1", "Tanh": "Tanh.v1", "Softplus": "Softplus.v1",
    "Softsign": "Softsign.v1", "Sin": "Sine.v1", "Mish": "Mish.v1", "HardSwish": "HardSwish.v1",
    "Gelu": "GELU.v1",
}  # fmt: skip
PASSING = ("Identity", "Dropout", "Cast")


class Graph:
    """Follows values through operators."""

    def __init__(self, assembly: Assembly, constants: dict[str, np.ndarray]) -> None:
        self.assembly = assembly
        self.constants = constants
        self.values: dict[str, Value] = {}
        self.weights: dict[tuple[str, str], np.ndarray] = {}

    def start(self, name: str, shape: Shape, first: bool) -> None:
        """The input."""
        ours = (*shape[1:], shape[0]) if first else shape
        self.values[name] = Value(self.assembly.start(ours, 0), first)

    def output(self, name: str) -> Tensor | None:
        """The tensor of the graph's output, or of the last value that was read."""
        found = self.values.get(name) or next(reversed(self.values.values()), None)
        return found.tensor if found is not None else None

    def skip(self, node: Any) -> None:
        """Go on with what a node read."""
        read = next((self.values[name] for name in node.input if name in self.values), None)
        if read is not None:
            for name in node.output:
                self.values[name] = read

    # --- one node ---

    def node(self, node: Any) -> None:
        """Read one operator; raises ``Unread`` for one that is unknown."""
        if node.op_type == "Constant":
            return
        read = [self.values[name] for name in node.input if name in self.values]
        if not read:
            if all(name in self.constants for name in node.input if name):
                raise Unread
            raise KeyError(node.op_type)
        method = getattr(self, f"_{node.op_type.lower()}", None)
        if node.op_type in SIMPLE:
            made = self._layer(SIMPLE[node.op_type], read[:1])
        elif node.op_type in PASSING:
            made = read[0]
        elif method is not None:
            made = method(node, read)
        else:
            raise Unread
        self.values[node.output[0]] = made

    def _layer(self, kind: str, read: list[Value], **values: Any) -> Value:
        """A layer after values; it keeps where channels stand."""
        made = layer(kind, **values)
        tensor = self.assembly.add(made, [value.tensor for value in read], 0)
        return Value(tensor, read[0].first, read[0].turned)

    def _attributes(self, node: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for a in node.attribute:
            found[a.name] = {1: a.f, 2: a.i, 3: a.s, 6: list(a.floats), 7: list(a.ints)}.get(a.type)
        return found

    def _constant(self, node: Any, place: int) -> np.ndarray:
        if place >= len(node.input) or node.input[place] not in self.constants:
            raise Unread
        return self.constants[node.input[place]]

    def _keep(self, value: Value, name: str, array: np.ndarray) -> None:
        self.weights[value.tensor.node, name] = np.asarray(array, np.float32)

    # --- products ---

    def _gemm(self, node: Any, read: list[Value]) -> Value:
        found = self._attributes(node)
        weight = self._constant(node, 1)
        if found.get("transA") or found.get("alpha", 1.0) != 1.0 or found.get("beta", 1.0) != 1.0:
            raise Unread
        weight = weight.T if found.get("transB") else weight
        bias = self._constant(node, 2) if len(node.input) > 2 else None
        return self._dense(read[0], weight, bias)

    def _matmul(self, node: Any, read: list[Value]) -> Value:
        return self._dense(read[0], self._constant(node, 1), None)

    def _dense(self, read: Value, weight: np.ndarray, bias: np.ndarray | None) -> Value:
        if weight.ndim != 2 or read.tensor.shape != weight.shape[:1]:
            raise Unread
        if read.turned:  # rows in the order of channels first
            *place, channels = read.turned
            weight = weight.reshape(channels, *place, -1)
            weight = np.moveaxis(weight, 0, -2).reshape(-1, weight.shape[-1])
        made = self._layer("Dense.v1", [read], units=weight.shape[1], use_bias=True)
        self._keep(made, "weight", weight)
        self._keep(made, "bias", np.zeros(weight.shape[1]) if bias is None else bias)
        return Value(made.tensor)

    def _into_bias(self, value: Value, array: np.ndarray) -> bool:
        """Put a constant that is added into the bias before it, if there is one."""
        key = (value.tensor.node, "bias")
        held = self.weights.get(key)
        if held is None or array.size != held.size:
            return False
        self.weights[key] = held + array.reshape(held.shape).astype(np.float32)
        return True

    def _conv(self, node: Any, read: list[Value]) -> Value:
        found = self._attributes(node)
        weight = self._constant(node, 1)
        axes = weight.ndim - 2
        value, size = read[0], read[0].tensor.shape
        if axes not in (1, 2) or len(size) != axes + 1 or not value.first:
            raise Unread
        kernel = [int(n) for n in weight.shape[2:]]
        stride, dilation = (found.get(k) or [1] * axes for k in ("strides", "dilations"))
        groups, filters = found.get("group", 1), int(weight.shape[0])
        pads = found.get("pads") or [0] * 2 * axes
        values: dict[str, Any] = {"kernel": kernel, "stride": stride, "dilation": dilation}
        value, padding = self._padded(value, pads, kernel, stride, dilation,
                                      found.get("auto_pad", b"NOTSET"))  # fmt: skip
        values["padding"] = padding
        turned = np.moveaxis(weight, (0, 1), (-1, -2))
        if groups == size[-1] and weight.shape[1] == 1 and axes == 2 and groups > 1:
            values["multiplier"] = filters // groups
            made = self._layer("DepthwiseConv2D.v1", [value], **values)
        else:
            values["filters"] = filters
            if groups > 1 and axes == 2:
                values["groups"] = groups
            elif groups > 1:
                raise Unread
            made = self._layer(f"Conv{axes}D.v1", [value], **values)
        self._keep(made, "weight", turned)
        bias = self._constant(node, 2) if len(node.input) > 2 else np.zeros(filters)
        self._keep(made, "bias", bias)
        return made

    def _padded(
        self, value: Value, pads: list[int], kernel: list[int], stride: list[int],
        dilation: list[int], automatic: bytes,
    ) -> tuple[Value, str]:  # fmt: skip
        """“same”, “valid”, or a frame of zeros before a “valid” layer."""
        from nnstudio.core.compiled.convolution import same_padding

        axes = len(kernel)
        if automatic in (b"SAME_UPPER",):
            return value, "same"
        if not any(pads):
            return value, "valid"
        sizes = zip(value.tensor.shape, kernel, stride, dilation, strict=False)
        same = [same_padding(n, k, s, d) for n, k, s, d in sizes]
        if [p for p, _ in same] + [p for _, p in same] == list(pads):
            return value, "same"
        if axes != 2 or min(pads) < 0:
            raise Unread
        top, left, bottom, right = pads
        framed = self._layer("ZeroPadding2D.v1", [value], top=top, left=left, bottom=bottom,
                           right=right)  # fmt: skip
        return framed, "valid"

    # --- pooling and norms ---

    def _pool(self, node: Any, read: list[Value], kind: str) -> Value:
        found = self._attributes(node)
        window = found.get("kernel_shape") or []
        axes = len(window)
        if axes not in (1, 2) or not read[0].first or found.get("ceil_mode"):
            raise Unread
        stride = found.get("strides") or [1] * axes
        pads = found.get("pads") or [0] * 2 * axes
        value, padding = self._padded(read[0], pads, window, stride, [1] * axes,
                                      found.get("auto_pad", b"NOTSET"))  # fmt: skip
        if value is not read[0]:  # zeros are no frame for a pool
            raise Unread
        return self._layer(f"{kind}Pool{axes}D.v1", [value], pool_size=window, stride=stride,
                         padding=padding)  # fmt: skip

    def _maxpool(self, node: Any, read: list[Value]) -> Value:
        return self._pool(node, read, "Max")

    def _averagepool(self, node: Any, read: list[Value]) -> Value:
        return self._pool(node, read, "Avg")

    def _globalaveragepool(self, node: Any, read: list[Value]) -> Value:
        return Value(self._layer("GlobalAvgPool.v1", read[:1]).tensor)

    def _globalmaxpool(self, node: Any, read: list[Value]) -> Value:
        return Value(self._layer("GlobalMaxPool.v1", read[:1]).tensor)

    def _batchnormalization(self, node: Any, read: list[Value]) -> Value:
        if len(read[0].tensor.shape) > 1 and not read[0].first:
            raise Unread
        found = self._attributes(node)
        arrays = [self._constant(node, place) for place in range(1, 5)]
        made = self._layer("BatchNorm.v1", read[:1], epsilon=found.get("epsilon", 1e-5))
        names = ("scale", "shift", "moving_mean", "moving_variance")
        for name, array in zip(names, arrays, strict=True):
            self._keep(made, name, array)
        return made

    def _layernormalization(self, node: Any, read: list[Value]) -> Value:
        found = self._attributes(node)
        count = len(read[0].tensor.shape)
        axis = found.get("axis", -1)
        axes = {-1: "last", count: "last", -count: "all", 1: "all"}.get(axis)
        if axes is None or read[0].first:
            raise Unread
        made = self._layer("LayerNorm.v1", read[:1], axes=axes, epsilon=found.get("epsilon", 1e-5))
        self._keep(made, "scale", self._constant(node, 1))
        if len(node.input) > 2:
            self._keep(made, "shift", self._constant(node, 2))
        return made

    # --- activations ---

    def _softmax(self, node: Any, read: list[Value]) -> Value:
        axis, axes = self._attributes(node).get("axis", -1), len(read[0].tensor.shape)
        if axis not in (-1, axes) or (read[0].first and axes > 1):
            raise Unread
        return self._layer("Softmax.v1", read[:1])

    def _leakyrelu(self, node: Any, read: list[Value]) -> Value:
        slope = round(self._attributes(node).get("alpha", 0.01), 7)
        return self._layer("LeakyReLU.v1", read[:1], slope=slope)

    def _elu(self, node: Any, read: list[Value]) -> Value:
        alpha = round(self._attributes(node).get("alpha", 1.0), 7)
        return self._layer("ELU.v1", read[:1], alpha=alpha)

    def _selu(self, node: Any, read: list[Value]) -> Value:
        return self._layer("SELU.v1", read[:1])

    def _hardsigmoid(self, node: Any, read: list[Value]) -> Value:
        found = self._attributes(node)
        if abs(found.get("alpha", 0.2) - 1 / 6) > 1e-6 or found.get("beta", 0.5) != 0.5:
            raise Unread
        return self._layer("HardSigmoid.v1", read[:1])

    def _prelu(self, node: Any, read: list[Value]) -> Value:
        slope = self._constant(node, 1)
        if slope.size not in (1, read[0].tensor.shape[-1]):
            raise Unread
        made = self._layer("PReLU.v1", read[:1])
        self._keep(made, "slope", np.broadcast_to(slope.ravel(), made.tensor.shape[-1:]))
        return made

    # --- several inputs ---

    def _merge(self, node: Any, read: list[Value], kind: str) -> Value:
        if len(read) > 1:
            if len({value.first for value in read}) > 1:
                raise Unread
            return self._layer(kind, read)
        raise Unread

    def _add(self, node: Any, read: list[Value]) -> Value:
        """Of two values, or a constant that is a bias."""
        if len(read) > 1:
            return self._merge(node, read, "Add.v1")
        array = next((self.constants[n] for n in node.input if n in self.constants), None)
        if array is None or not self._into_bias(read[0], array):
            raise Unread
        return read[0]

    def _sum(self, node: Any, read: list[Value]) -> Value:
        return self._merge(node, read, "Add.v1")

    def _mul(self, node: Any, read: list[Value]) -> Value:
        return self._merge(node, read, "Multiply.v1")

    def _concat(self, node: Any, read: list[Value]) -> Value:
        axis, axes = self._attributes(node).get("axis", 1), len(read[0].tensor.shape)
        axis = axis if axis > 0 else axes + 1 + axis
        if read[0].first and axes > 1:
            axis = axes if axis == 1 else axis - 1
        return self._layer("Concatenate.v1", read, axis=axis)

    # --- shapes ---

    def _flatten(self, node: Any, read: list[Value]) -> Value:
        if self._attributes(node).get("axis", 1) != 1:
            raise Unread
        return self._row(read[0])

    def _row(self, value: Value) -> Value:
        shape = value.tensor.shape
        if len(shape) == 1:
            return Value(value.tensor, False, value.turned)
        made = self._layer("Flatten.v1", [value])
        return Value(made.tensor, False, shape if value.first else ())

    def _reshape(self, node: Any, read: list[Value]) -> Value:
        sizes = [int(n) for n in self._constant(node, 1).ravel()]
        value = read[0]
        if tuple(sizes[1:]) == value.tensor.shape and not value.first:
            return value
        if len(sizes) == 2:
            return self._row(value)
        if value.first or value.turned or len(sizes) > 5:
            raise Unread
        return self._layer("Reshape.v1", [value], shape=sizes[1:])

    def _transpose(self, node: Any, read: list[Value]) -> Value:
        order = list(self._attributes(node).get("perm") or [])
        value, axes = read[0], len(read[0].tensor.shape)
        if order == [0, axes, *range(1, axes)] and not value.first:
            return Value(value.tensor, True)
        if order == [0, *range(2, axes + 1), 1] and value.first:
            return Value(value.tensor, False)
        if value.first or order[:1] != [0]:
            raise Unread
        return self._layer("Permute.v1", [value], order=order[1:])

    def _pad(self, node: Any, read: list[Value]) -> Value:
        pads = [int(n) for n in self._constant(node, 1).ravel()]
        if not read[0].first or len(pads) != 8 or any(pads[i] for i in (0, 1, 4, 5)):
            raise Unread
        return self._layer("ZeroPadding2D.v1", read[:1], top=pads[2], left=pads[3], bottom=pads[6],
                         right=pads[7])  # fmt: skip

    def _resize(self, node: Any, read: list[Value]) -> Value:
        scales = self._constant(node, 2).ravel()
        mode = self._attributes(node).get("mode", b"nearest")
        if not read[0].first or scales.size != 4 or (scales[2:] % 1).any():
            raise Unread
        how = {b"nearest": "nearest", b"linear": "bilinear"}.get(mode)
        if how is None:
            raise Unread
        size = [int(n) for n in scales[2:]]
        return self._layer("UpSampling2D.v1", read[:1], size=size, interpolation=how)
