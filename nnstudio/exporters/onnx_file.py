"""ONNX: one file that most other programs run, from raw examples to the prediction.

Preparation of examples and, for a regression, the way back to its own units are part of the graph.
Channels stand first where ONNX wants them so; each value is transposed at most once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import nnstudio
from nnstudio.core import ops
from nnstudio.core.exchange.formats import Exporter
from nnstudio.core.exchange.trained import Trained
from nnstudio.core.fields import flag
from nnstudio.core.lowering import FIRST, LAST, Layouts, Step, channel_first
from nnstudio.core.recipes.preparation import InputColumn
from nnstudio.core.registry import register
from nnstudio.core.text import StudioError, mark

#: The version of the operators and of the file format: what runtimes of 2022 and later read.
OPSET, IR = 17, 8

#: Activations that ONNX has as one operator, and how its attributes are called.
SINGLE = {
    "relu": ("Relu", {}), "sigmoid": ("Sigmoid", {}), "tanh": ("Tanh", {}),
    "softplus": ("Softplus", {}), "softsign": ("Softsign", {}), "sine": ("Sin", {}),
    "leaky_relu": ("LeakyRelu", {"slope": "alpha"}), "elu": ("Elu", {"alpha": "alpha"}),
}  # fmt: skip


class _Graph:
    """Nodes and constants as they are written."""

    def __init__(self, model: Trained) -> None:
        self.model = model
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.known: dict[str, str] = {}
        self.layouts: Layouts[str] = Layouts(self.turned)
        self.count = 0

    def add(self, op: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        """Append a node; gives the name of its output."""
        from onnx import helper

        if not output:
            self.count += 1
            output = f"{op.lower()}_{self.count}"
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def constant(self, name: str, values: Any, dtype: Any = np.float32) -> str:
        """A constant array; the same name is stored once."""
        from onnx import numpy_helper

        if name not in self.known:
            array = np.ascontiguousarray(values, dtype)
            self.constants.append(numpy_helper.from_array(array, name))
            self.known[name] = name
        return name

    def number(self, value: float) -> str:
        """A constant number."""
        return self.constant(f"number {float(value)!r}", value)

    def turned(self, value: str, layout: str, axes: int) -> str:
        """The value with channels first, or last."""
        first = (0, axes, *range(1, axes))
        last = (0, *range(2, axes + 1), 1)
        return self.add("Transpose", [value], perm=first if layout == FIRST else last)

    def step(self, step: Step, output: str) -> None:
        """Write one operation; its value is called ``output``."""
        layout = self.layouts.wanted(step)
        x = [self.layouts.get(name, layout) for name in step.inputs]
        made = self._written(step, x, layout, output)
        self.layouts.put(step.output, made, layout, step.shape)

    def weight(self, step: Step, name: str) -> np.ndarray:
        """A parameter of the step's node."""
        return self.model.parameters[step.node, name]

    def stored(self, step: Step, name: str, array: Any = None) -> str:
        """A parameter as a constant, in another shape if ``array`` is given."""
        values = self.weight(step, name) if array is None else array
        return self.constant(f"{step.node}.{name}", values)

    def _written(self, step: Step, x: list[str], layout: str, y: str) -> str:
        op = step.op
        bias = [self.stored(step, "bias")] if getattr(op, "bias", False) else []
        match op:
            case ops.Product():
                weight = [x[0], self.stored(step, "weight")]
                if not bias:
                    return self.add("MatMul", weight, y)
                return self.add("Add", [self.add("MatMul", weight), *bias], y)
            case ops.Convolution():
                axes = len(op.kernel)
                turned = self.weight(step, "weight").reshape(op.weight_shape)
                turned = turned.transpose(axes + 1, axes, *range(axes))
                return self.add(
                    "Conv", [x[0], self.stored(step, "weight", turned), *bias], y,
                    kernel_shape=op.kernel, strides=op.stride, dilations=op.dilation,
                    group=op.groups, pads=(*op.before, *op.after),
                )  # fmt: skip
            case ops.TransposedConvolution():
                turned = self.weight(step, "weight").transpose(3, 2, 0, 1)
                extra = tuple(max(0, -size) for size in op.after)
                return self.add(
                    "ConvTranspose", [x[0], self.stored(step, "weight", turned), *bias], y,
                    kernel_shape=op.kernel, strides=op.stride, dilations=op.dilation,
                    pads=(*op.before, *(max(0, size) for size in op.after)), output_padding=extra,
                )  # fmt: skip
            case ops.Pool():
                kind = {"max": "MaxPool", "mean": "AveragePool"}[op.how]
                return self.add(
                    kind, x, y, kernel_shape=op.window, strides=op.stride,
                    pads=(*op.before, *op.after),
                )  # fmt: skip
            case ops.GlobalPool():
                kind = {"max": "GlobalMaxPool", "mean": "GlobalAveragePool"}[op.how]
                shape = self.constant(f"shape {step.shape}", (-1, *step.shape), np.int64)
                return self.add("Reshape", [self.add(kind, x), shape], y)
            case ops.ChannelNorm():
                return self._channel_norm(step, op, x[0], layout, y)
            case ops.ExampleNorm():
                known = [self.stored(step, name) for name in ("scale", "shift")]
                return self.add(
                    "LayerNormalization", [x[0], *known], y, axis=-op.axes, epsilon=op.epsilon
                )
            case ops.Activate():
                return self._activated(op, x[0], y)
            case ops.Slope():
                return self.add("PRelu", [x[0], self._by_channel(step, "slope", layout)], y)
            case ops.Combine():
                return self._combined(op, x, y)
            case ops.Join():
                axes = len(step.shape)
                axis = channel_first(op.axis, axes) if layout == FIRST else op.axis
                return self.add("Concat", x, y, axis=axis + 1)
            case ops.Reshape():
                shape = self.constant(f"shape {op.shape}", (-1, *op.shape), np.int64)
                return self.add("Reshape", [x[0], shape], y)
            case ops.Transpose():
                return self.add("Transpose", x, y, perm=(0, *(axis + 1 for axis in op.order)))
            case ops.Pad():
                sizes = (0, 0, *op.before, 0, 0, *op.after)
                return self.add("Pad", [x[0], self.constant(f"pads {sizes}", sizes, np.int64)], y)
            case ops.Enlarge():
                scales = (1.0, 1.0, *map(float, op.factors))
                how = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
                if not op.smooth:
                    how = {"mode": "nearest", "nearest_mode": "floor",
                           "coordinate_transformation_mode": "asymmetric"}  # fmt: skip
                return self.add(
                    "Resize", [x[0], "", self.constant(f"scales {scales}", scales)], y, **how
                )
        raise StudioError(mark("{layer} has no counterpart in this format. Take it out, or save a "
                               "project."), layer=type(op).__name__)  # fmt: skip

    def _by_channel(self, step: Step, name: str, layout: str) -> str:
        """A parameter of one number a channel, in a shape that spreads over an example."""
        values = self.weight(step, name)
        if layout == FIRST:
            values = values.reshape(-1, *(1,) * (len(step.shape) - 1))
        return self.stored(step, name, values)

    def _channel_norm(self, step: Step, op: ops.ChannelNorm, x: str, layout: str, y: str) -> str:
        names = ("scale", "shift", "moving_mean", "moving_variance")
        if layout == FIRST or len(step.shape) == 1:
            known = [self.stored(step, name) for name in names]
            return self.add("BatchNormalization", [x, *known], y, epsilon=op.epsilon)
        scale, shift, mean, variance = (self.weight(step, n).astype(np.float64) for n in names)
        factor = scale / np.sqrt(variance + op.epsilon)
        by = self.stored(step, "scale", factor)
        return self.add(
            "Add", [self.add("Mul", [x, by]), self.stored(step, "shift", shift - mean * factor)], y
        )

    def _activated(self, op: ops.Activate, x: str, y: str) -> str:
        if op.name in SINGLE:
            kind, names = SINGLE[op.name]
            return self.add(kind, [x], y, **{names[n]: v for n, v in op.settings.items()})
        match op.name:
            case "softmax":
                return self.add("Softmax", [x], y, axis=-1)
            case "selu":
                return self.add("Selu", [x], y, alpha=1.6732632423543772, gamma=1.0507009873554805)
            case "silu":
                return self.add("Mul", [x, self.add("Sigmoid", [x])], y)
            case "mish":
                return self.add("Mul", [x, self.add("Tanh", [self.add("Softplus", [x])])], y)
            case "gelu":
                far = self.add("Erf", [self.add("Mul", [x, self.number(0.5**0.5)])])
                below = self.add("Add", [far, self.number(1.0)])
                half = self.add("Mul", [x, self.number(0.5)])
                return self.add("Mul", [half, below], y)
            case "hard_sigmoid" | "hard_swish":
                output = y if op.name == "hard_sigmoid" else ""
                gate = self.add("HardSigmoid", [x], output, alpha=1 / 6, beta=0.5)
                return gate if output else self.add("Mul", [x, gate], y)
        raise StudioError(mark("The activation “{name}” has no counterpart in this format. Choose "
                               "another."), name=op.name)  # fmt: skip

    def _combined(self, op: ops.Combine, x: list[str], y: str) -> str:
        kind = "Mul" if op.how == "product" else "Add"
        last = y if op.how != "mean" else ""
        total = x[0]
        for number, other in enumerate(x[1:], 2):
            total = self.add(kind, [total, other], last if number == len(x) else "")
        return total if op.how != "mean" else self.add("Mul", [total, self.number(1 / len(x))], y)


@register("OnnxFile.v1")
class OnnxFile(Exporter):
    """The network and its preparation as one graph."""

    label = mark("ONNX")
    help = mark("Runs in most other programs, on servers, phones and in browsers.")
    name = "onnx"
    extension = ".onnx"
    order = 40

    prepare: bool = flag(
        True, label=mark("With preparation"),
        help=mark("The graph takes raw examples, and gives numbers in their own units."),
    )  # fmt: skip

    def files(self, model: Trained, stem: str) -> dict[str, bytes]:
        """One file."""
        import onnx
        from onnx import TensorProto, helper

        lowered = model.lowered
        graph = _Graph(model)
        raw = model.raw_shape if self.prepare else lowered.input_shape
        start = self._prepared(graph, "x") if self.prepare else "x"
        graph.layouts.put(lowered.input, start, LAST, lowered.input_shape)
        for step in lowered.steps:
            graph.step(step, step.output)
        found = graph.layouts.get(lowered.output, LAST)
        if self.prepare and model.in_units is not None:
            factor, shift = (np.asarray(values, np.float32) for values in model.in_units)
            found = graph.add("Mul", [found, graph.constant("units", factor)])
            found = graph.add("Add", [found, graph.constant("zero point", shift)])
        graph.add("Identity", [found], "y")
        made = helper.make_model(
            helper.make_graph(
                graph.nodes, "nnstudio",
                [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *raw])],
                [helper.make_tensor_value_info(
                    "y", TensorProto.FLOAT, ["n", *lowered.output_shape])],
                graph.constants,
            ),
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR, producer_name="NNStudio", producer_version=nnstudio.__version__,
        )  # fmt: skip
        if model.classes:
            entry = made.metadata_props.add()
            entry.key, entry.value = "classes", "\n".join(model.classes)
        if made.ByteSize() >= 2**31:
            raise StudioError(mark("The network is too large for one ONNX file (2 GB)."))
        onnx.checker.check_model(made)
        return {f"{stem}.onnx": made.SerializeToString()}

    def _prepared(self, graph: _Graph, x: str) -> str:
        """From raw examples to what the network sees."""
        data = graph.model.data
        if graph.model.columns:
            parts = [_column(graph, x, n, c) for n, c in enumerate(graph.model.columns)]
            return graph.add("Concat", parts, axis=1)
        if data.plane is not None and data.plane != ("x1", "x2"):
            columns = [
                graph.add("Gather", [x, graph.constant(f"column {i}", [i], np.int64)], axis=1)
                for i in range(2)
            ]
            x = graph.add("Concat", [_feature(graph, n, columns) for n in data.plane], axis=1)
        if data.scale != 1.0:
            x = graph.add("Mul", [x, graph.number(data.scale)])
        if data.shift != 0.0:
            x = graph.add("Add", [x, graph.number(data.shift)])
        return x


def _column(graph: _Graph, x: str, number: int, column: InputColumn) -> str:
    """A column of a table, one number (NaN for a gap, a category's place), as the network sees
    it."""
    value = graph.add("Gather", [x, graph.constant(f"column {number}", [number], np.int64)], axis=1)
    gap = graph.add("IsNaN", [value])
    one_hot = bool(column.categories) and not column.ordinal
    missing: float = column.fill
    if one_hot:
        missing = len(column.categories) if column.own else column.fill_place
    value = graph.add("Where", [gap, graph.number(missing), value])
    if one_hot:
        count = len(column.categories) + int(column.own)
        places = graph.constant(f"places {count}", np.arange(count))
        return graph.add("Cast", [graph.add("Equal", [value, places])], to=1)
    if column.low is not None and column.high is not None:
        value = graph.add("Clip", [value, graph.number(column.low), graph.number(column.high)])
    value = graph.add("Cast", [value], to=11)  # double, as when training
    if column.log:
        one = graph.constant("one", 1.0, np.float64)
        far = graph.add("Log", [graph.add("Add", [graph.add("Abs", [value]), one])])
        value = graph.add("Mul", [graph.add("Sign", [value]), far])
    shift = graph.constant(f"shift {number}", column.shift, np.float64)
    scale = graph.constant(f"scale {number}", column.scale, np.float64)
    value = graph.add("Div", [graph.add("Sub", [value, shift]), scale])
    value = graph.add("Cast", [value], to=1)
    return graph.add("Clip", [value, graph.number(-1e6), graph.number(1e6)])


def _feature(graph: _Graph, name: str, columns: list[str]) -> str:
    """A feature of the plane, such as ``x1^2``, from the two columns of points."""
    if name.startswith("sin("):
        return graph.add("Sin", [columns[int(name[5]) - 1]])
    if name == "x1*x2":
        return graph.add("Mul", columns)
    column = columns[int(name[1]) - 1]
    return graph.add("Mul", [column, column]) if name.endswith("^2") else column
