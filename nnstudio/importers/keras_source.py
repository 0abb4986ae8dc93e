"""Keras source: Sequential, add, the functional API, compile and fit, read from the syntax tree."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nnstudio.core.contracts import Shape
from nnstudio.core.exchange import keras_settings as settings
from nnstudio.core.exchange.assembling import Assembly, Tensor
from nnstudio.core.exchange.evaluator import Evaluator, parse
from nnstudio.core.exchange.formats import Importer
from nnstudio.core.exchange.imported import Reading
from nnstudio.core.exchange.keras_classes import missing, own_class
from nnstudio.core.exchange.keras_layers import Call, is_layer, read_layer
from nnstudio.core.exchange.plain_values import UNKNOWN, Class, Method, Path
from nnstudio.core.registry import register
from nnstudio.core.text import StudioError, mark

#: Layers written as functions: ``layers.add([a, b])``.
MERGES = {"add": "Add", "multiply": "Multiply", "average": "Average", "concatenate": "Concatenate"}
#: What the input is taken to be where the text does not say, by the layer that reads it first.
USUAL_SHAPES: dict[str, Shape] = {"Conv1D": (128, 1), "Dense": (2,)}


#: Arguments by which a layer states the input's shape.
STATES = {"input_shape", "input_dim", "batch_input_shape"}


@dataclass
class Model:
    """A model as it was stated: layers one after the other, or between two tensors."""

    line: int
    calls: list[Any] = field(default_factory=list)
    shape: Shape | None = None
    input_name: str = "input"
    ends: tuple[Any, Any] | None = None
    assembly: Assembly | None = None
    used: bool = False


class Reader(Evaluator):
    """Knows what Keras' names mean."""

    def __init__(self) -> None:
        super().__init__()
        self.models: list[Model] = []
        self.compiled: settings.Settings = settings.Settings()
        self.chosen: Model | None = None
        self.assembly: Assembly | None = None
        self.strays: list[Call] = []
        self.tree = ast.Module([], [])

    # --- calls ---

    def call(self, function: Any, args: list[Any], named: dict[str, Any], line: int) -> Any:
        """The value of a call, by the last part of the function's name."""
        if isinstance(function, Path):
            return self._call_path(function, args, named, line)
        if isinstance(function, Method):
            return self._call_method(function, args, named, line)
        if isinstance(function, Class):  # an optimizer or a schedule of the text's own
            return Call(function.node.name, args, named, line)
        if isinstance(function, Call):
            return self._apply(function, args, line)
        if isinstance(function, Model):
            return self._inline(function, args, line)
        return UNKNOWN

    def _call_path(self, path: Path, args: list[Any], named: dict[str, Any], line: int) -> Any:
        name = path.last
        if name == "Sequential":
            model = Model(line)
            given = args[0] if args else named.get("layers", [])
            if isinstance(given, (list, tuple)):
                for one in given:
                    self._append(model, one, line)
            self.models.append(model)
            return model
        if name == "Model" and ("inputs" in named or args):
            ends = (
                named.get("inputs", args[0] if args else None),
                named.get("outputs", args[1] if len(args) > 1 else None),
            )
            model = Model(line, ends=ends, assembly=self.assembly)
            self.models.append(model)
            return model
        if name in ("Input", "InputLayer"):
            return self._input(name, args, named, line)
        if name in MERGES and args and isinstance(args[0], (list, tuple)):
            return self._apply(Call(MERGES[name], [], named, line), [args[0]], line)
        tensors = [value for value in args if isinstance(value, Tensor)]
        if tensors and name in ("relu", "tanh", "sigmoid", "softmax", "gelu", "silu", "swish"):
            return self._apply(Call("Activation", [name], {}, line), tensors[:1], line)
        if is_layer(name) or ".layers." in f".{path.name}":
            made = Call(name, args, named, line)
            self.strays.append(made)
            return made
        if tensors:
            return self._odd(name, tensors, line)
        return Call(name, args, named, line)  # an optimizer, a loss, a callback...

    def _call_method(
        self, method: Method, args: list[Any], named: dict[str, Any], line: int
    ) -> Any:
        owner = method.owner
        if not isinstance(owner, Model):
            return UNKNOWN
        match method.name:
            case "add":
                self._append(owner, args[0] if args else named.get("layer"), line)
            case "compile":
                self.chosen = owner
                self._settle(settings.read_compile, args, named, line)
            case "fit":
                self.chosen = owner
                self._settle(settings.read_fit, args, named, line)
            case "build":
                shape = args[0] if args else named.get("input_shape")
                if isinstance(shape, (list, tuple)) and owner.shape is None:
                    owner.shape = self._shape(list(shape)[1:], line)
            case "pop":
                if owner.calls:
                    owner.calls.pop()
        return UNKNOWN

    def _settle(self, read: Any, args: list[Any], named: dict[str, Any], line: int) -> None:
        for error in read(self.compiled, args, named, self):
            self.remark(line, error)

    def operate(self, kind: type, left: Any, right: Any, line: int) -> Any:
        """``a + b`` and ``a * b`` of tensors are layers."""
        names = {ast.Add: "Add", ast.Mult: "Multiply"}
        if isinstance(left, Tensor) and isinstance(right, Tensor) and kind in names:
            return self._apply(Call(names[kind], [], {}, line), [[left, right]], line)
        tensor = left if isinstance(left, Tensor) else right
        if isinstance(tensor, Tensor):
            return self._odd(kind.__name__, [tensor], line)
        return UNKNOWN

    def attribute(self, owner: Any, name: str) -> Any:
        """``model.output`` and the like."""
        if isinstance(owner, Model) and owner.ends is not None and name in ("output", "input"):
            return owner.ends[1 if name == "output" else 0]
        if isinstance(owner, Tensor) and name == "shape":
            return (None, *owner.shape)
        return super().attribute(owner, name)

    def concerns(self, node: ast.AST) -> bool:
        """Whether a part that was passed over speaks of layers or of the model."""
        for inner in ast.walk(node):
            name = getattr(inner, "attr", getattr(inner, "id", ""))
            if isinstance(name, str) and (is_layer(name) or name in ("add", "compile")):
                return True
        return False

    # --- building ---

    def _input(self, name: str, args: list[Any], named: dict[str, Any], line: int) -> Any:
        shape = args[0] if args else named.get("shape", named.get("input_shape"))
        if shape is None and isinstance(named.get("batch_shape"), (list, tuple)):
            shape = list(named["batch_shape"])[1:]
        called = named.get("name") if isinstance(named.get("name"), str) else "input"
        found = self._shape(shape, line)
        if name == "InputLayer":
            return Call("InputLayer", [found], {"name": called}, line)
        complete = any(m.assembly is self.assembly for m in self.models if m.ends is not None)
        if self.assembly is None or not self.assembly.nodes or complete:
            self.assembly = Assembly()
            try:
                tensor = self.assembly.start(found or (2,), line, str(called))
            except StudioError as error:
                self.remark(line, error)
                tensor = self.assembly.start((2,), line)
            return tensor
        self.remark(line, StudioError(
            mark("A network has one input here; this one was left out.")
        ))  # fmt: skip
        return UNKNOWN

    def _shape(self, shape: Any, line: int) -> Shape | None:
        """A shape; None and a remark if it is not stated in numbers."""
        sizes = [shape] if isinstance(shape, int) else shape
        if isinstance(sizes, (list, tuple)) and sizes and all(
            isinstance(size, int) and not isinstance(size, bool) and size > 0 for size in sizes
        ):  # fmt: skip
            return tuple(sizes)
        if shape is not None:
            self.remark(line, StudioError(mark("The input's shape is not stated in numbers.")))
        return None

    def _append(self, model: Model, one: Any, line: int) -> None:
        """A layer joins a Sequential model."""
        if isinstance(one, Tensor) and self.assembly is not None:  # keras.Input as first part
            model.shape, model.input_name = one.shape, one.node
            self.assembly = None
        elif isinstance(one, Call) and one.name == "InputLayer":
            model.shape, model.input_name = one.args[0], one.named["name"]
        elif isinstance(one, (Call, Model)):
            one.used = True
            model.calls.append(one)
        else:
            self.remark(line, StudioError(mark("This part is no layer; it was left out.")))

    def _apply(self, made: Call, args: list[Any], line: int) -> Any:
        """A layer is called on tensors."""
        given = args[0] if args and isinstance(args[0], (list, tuple)) else args[:1]
        tensors = [value for value in given if isinstance(value, Tensor)]
        if not tensors or self.assembly is None:
            return UNKNOWN
        if made.used:
            self.remark(line, StudioError(
                mark("A layer that is used twice shares its weights; here it becomes two layers.")
            ))  # fmt: skip
        made.used = True
        return self._place(self.assembly, made, tensors, line)

    def _place(self, assembly: Assembly, made: Call, inputs: list[Tensor], line: int) -> Tensor:
        """Our layers for one of Keras', in the network."""
        try:
            found = read_layer(made, len(inputs[0].shape))
        except StudioError as error:
            self.remark(made.line, error)
            return inputs[0]
        for passed in found.remarks:
            self.remark(made.line, passed)
        self.compiled.regularize(made.named)
        name = made.named.get("name")
        frozen = made.named.get("trainable") is False
        tensors = inputs
        for number, one in enumerate(found.layers):
            called = name if isinstance(name, str) and number == 0 else ""
            tensors = [assembly.add(one, tensors, made.line or line, called, frozen)]
        return tensors[0]

    def _inline(self, model: Model, args: list[Any], line: int) -> Any:
        """A model is called like a layer."""
        tensors = [value for value in args if isinstance(value, Tensor)]
        if not tensors or self.assembly is None or model.ends is not None:
            if tensors:
                return self._odd("Model", tensors, line)
            return UNKNOWN
        model.used = True
        return self._place_all(self.assembly, model, tensors[0])

    def _place_all(self, assembly: Assembly, model: Model, tensor: Tensor) -> Tensor:
        self._depth += 1
        if self._depth < 20:
            for one in model.calls[:2000]:
                if isinstance(one, Model):
                    tensor = self._place_all(assembly, one, tensor)
                else:
                    tensor = self._place(assembly, one, [tensor], one.line)
        self._depth -= 1
        return tensor

    def _odd(self, name: str, tensors: list[Tensor], line: int) -> Tensor:
        """Something that is done to a tensor and not known here: passed over."""
        self.remark(line, StudioError(
            mark("“{name}” is not known here; it was left out."), name=name[:60]
        ))  # fmt: skip
        return tensors[0]

    # --- the end ---

    def reading(self, name: str) -> Reading:
        """The network of the model that is trained, or of the last one."""
        candidates = [m for m in self.models if not m.used and (m.calls or m.ends)]
        model = self.chosen or (candidates[-1] if candidates else None)
        if model is None:
            loose = [one for one in self.strays if not one.used and is_layer(one.name)]
            if not loose or own_class(self.tree) is not None:
                raise missing(self.tree, name)
            model = Model(loose[0].line, calls=list(loose))
        if model.ends is not None:
            assembly = model.assembly or self.assembly
            output = model.ends[1]
            if isinstance(output, (list, tuple)) and output:
                if len(output) > 1:
                    self.remark(model.line, StudioError(
                        mark("A network has one output here; the first one was taken.")
                    ))  # fmt: skip
                output = output[0]
            if (
                not isinstance(output, Tensor)
                or assembly is None
                or output.node not in assembly.shapes
            ):
                raise StudioError(
                    mark("The model at line {line} of “{name}” could not be followed from input to "
                         "output."), line=model.line, name=name,
                )  # fmt: skip
        else:
            assembly = Assembly()
            output = self._place_all(assembly, model, self._start(assembly, model))
        found = assembly.finish(output, "")
        for passed in self.compiled.remarks:
            self.remark(0, passed)
        factors = self.scope.get("LEARNING_RATE_FACTORS")
        network = found.network
        if isinstance(factors, dict):
            for node, factor in factors.items():
                if node in network and isinstance(factor, (int, float)):
                    network = network.with_learning(node, rate_factor=float(factor))
        found = dataclasses.replace(found, network=network, training=self.compiled.training())
        return found.with_remarks(*self.remarks)

    def _start(self, assembly: Assembly, model: Model) -> Tensor:
        """The input of a Sequential model, where it is stated or as it usually is."""
        shape, line = model.shape, model.line
        calls = list(_flat(model))
        first = next((one for one in calls if is_layer(one.name)), None)
        stated = next((one for one in calls if STATES & one.named.keys()), first)
        if shape is None:  # a nested model may state it, or a layer that is unknown here
            nested = [one for one in model.calls if isinstance(one, Model) and one.shape]
            shape = nested[0].shape if nested and nested[0] is model.calls[0] else None
        if stated is not None and shape is None:
            line = stated.line
            named = stated.named
            if "input_dim" in named:
                shape = self._shape(named["input_dim"], line)
            elif "batch_input_shape" in named and isinstance(named["batch_input_shape"], tuple):
                shape = self._shape(named["batch_input_shape"][1:], line)
            elif named.get("input_shape") is not None:
                shape = self._shape(named["input_shape"], line)
        if shape is None:
            kind = first.name if first is not None else "Dense"
            shape = USUAL_SHAPES.get(kind, (28, 28, 1) if kind != "Activation" else (2,))
            assembly.remark(line, StudioError(
                mark("The input's shape is not stated; it was taken to be {shape}."),
                shape=" × ".join(map(str, shape)),
            ))  # fmt: skip
        try:
            return assembly.start(shape, line, model.input_name)
        except StudioError as error:
            assembly.remark(line, error)
            return assembly.start((2,), line)


def _flat(model: Model, depth: int = 0) -> Iterator[Call]:
    """The layers of a Sequential model and of those inside it, the first of them."""
    for one in model.calls[:2000] if depth < 20 else ():
        if isinstance(one, Model):
            yield from _flat(one, depth + 1)
        elif isinstance(one, Call):
            yield one


@register("KerasSourceIn.v1")
class KerasSource(Importer):
    """A Python text that builds a model with Keras."""

    label = mark("Keras source")
    help = mark("A Python text with Sequential or the functional API. It is read, never executed.")
    extensions = (".py", ".txt")
    order = 10

    def suits(self, content: bytes, name: str) -> bool:
        """Whether it speaks of Keras, or of layers as Keras calls them."""
        head = content[:200_000]
        return b"torch" not in head and any(
            word in head for word in (b"keras", b"Sequential", b"Dense(", b"layers.")
        )

    def read(self, content: bytes, name: str) -> Reading:
        """The model that is trained, or the last one."""
        tree = parse(content, name)
        reader = Reader()
        reader.tree = tree
        reader.run(tree)
        return dataclasses.replace(reader.reading(name), name=name.rpartition(".")[0] or name)
