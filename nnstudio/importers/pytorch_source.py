"""PyTorch source: nn.Sequential, or a plain nn.Module with forward, read from the syntax tree.

PyTorch does not say how large an example is; it follows from the channels of the first layer and
from the inputs that the first Linear after a Flatten expects.
"""

from __future__ import annotations

import ast
import dataclasses
from dataclasses import dataclass, field
from typing import Any

from nnstudio.core.contracts import Layer, Shape
from nnstudio.core.exchange import torch_names as names
from nnstudio.core.exchange.assembling import Assembly, Tensor, layer
from nnstudio.core.exchange.evaluator import Evaluator, parse
from nnstudio.core.exchange.formats import Importer
from nnstudio.core.exchange.imported import Reading
from nnstudio.core.exchange.keras_layers import Call
from nnstudio.core.exchange.plain_values import UNKNOWN, Class, Function, Method, Path
from nnstudio.core.exchange.torch_shapes import candidate_shapes, shapes_of
from nnstudio.core.registry import register
from nnstudio.core.text import StudioError, mark

#: Steps of one try beyond which no other shape is tried.
MOST_EFFORT = 10_000


@dataclass
class Module:
    """An instance of one of the text's own classes, or a Sequential."""

    line: int
    own: Class | None = None
    parts: list[Any] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    inner: bool = False


class Reader(Evaluator):
    """Knows what PyTorch's names mean. With a ``shape`` it also follows an example through."""

    def __init__(self, shape: Shape | None = None) -> None:
        super().__init__()
        self.shape = shape
        self.assembly = Assembly()
        self.modules: list[Module] = []
        self.training: dict[str, Any] = {}
        self.placed: list[Call] = []  # modules in the order in which the example meets them
        self.epochs_seen = False

    # --- calls ---

    def call(self, function: Any, args: list[Any], named: dict[str, Any], line: int) -> Any:
        """The value of a call, by the last part of the function's name."""
        if isinstance(function, Path):
            return self._call_path(function, args, named, line)
        if isinstance(function, Method):
            return self._call_method(function, args, named, line)
        if isinstance(function, (Call, Module)):
            return self._through(function, args, line)
        if isinstance(function, Class):
            return self._instance(function, args, named, line)
        return UNKNOWN

    def _call_path(self, path: Path, args: list[Any], named: dict[str, Any], line: int) -> Any:
        name = path.last
        tensors = _tensors(args)
        if tensors:
            return self._function(name, args, named, tensors, line)
        if name in ("Sequential", "ModuleList"):
            parts = args[0] if len(args) == 1 and isinstance(args[0], (list, dict)) else args
            parts = list(parts.values()) if isinstance(parts, dict) else list(parts)
            parts = [p[1] if isinstance(p, tuple) and len(p) == 2 else p for p in parts]
            if name == "ModuleList":
                return parts
            made = Module(line, parts=parts)
            for part in parts:
                if isinstance(part, Module):
                    part.inner = True
            self.modules.append(made)
            return made
        if name == "OrderedDict" and args:
            return args[0]
        if name == "DataLoader":
            size = named.get("batch_size", args[1] if len(args) > 1 else 1)
            if isinstance(size, int) and "batch_size" not in self.training:
                self._put("batch_size", size, line)
            return UNKNOWN
        error = names.read_setting(self.training, name, args, named)
        if error is not None:
            self.remark(line, error)
        return Call(name, args, named, line)

    def _call_method(
        self, method: Method, args: list[Any], named: dict[str, Any], line: int
    ) -> Any:
        owner = method.owner
        if isinstance(owner, Tensor):
            return self._function(method.name, [owner, *args], named, [owner], line)
        if isinstance(owner, Module) and method.name in ("to", "cuda", "cpu", "double", "float"):
            return owner
        if isinstance(owner, Module) and owner.own and method.name in owner.own.methods:
            return self._own_method(owner, method.name, args, named)
        return UNKNOWN

    def _instance(self, own: Class, args: list[Any], named: dict[str, Any], line: int) -> Any:
        made = Module(line, own)
        if "__init__" in own.methods:
            self._own_method(made, "__init__", args, named)
        self.modules.append(made)
        return made

    def _own_method(self, owner: Module, name: str, args: list[Any], named: dict[str, Any]) -> Any:
        assert owner.own is not None
        function = Function(owner.own.methods[name], self.scope)
        return self.apply(function, [owner, *args], named)

    def attribute(self, owner: Any, name: str) -> Any:
        """What ``self.name`` was given."""
        if isinstance(owner, Module):
            if name in owner.attributes:
                return owner.attributes[name]
            return UNKNOWN if name == "training" else Method(owner, name)
        if isinstance(owner, Tensor) and name == "shape":
            return (UNKNOWN, *owner.shape)
        return super().attribute(owner, name)

    def store(self, owner: Any, name: str, value: Any) -> None:
        """``self.name = value``."""
        if isinstance(owner, Module) and len(owner.attributes) < 2000:
            owner.attributes[name] = value
            if isinstance(value, Module):
                value.inner = True

    def operate(self, kind: type, left: Any, right: Any, line: int) -> Any:
        """``a + b`` and ``a * b`` of tensors are layers."""
        kinds = {ast.Add: "Add.v1", ast.Mult: "Multiply.v1"}
        if isinstance(left, Tensor) and isinstance(right, Tensor) and kind in kinds:
            return self.assembly.add(layer(kinds[kind]), [left, right], line)
        tensor = next((v for v in (left, right) if isinstance(v, Tensor)), None)
        return UNKNOWN if tensor is None else self._odd(kind.__name__, tensor, line)

    def loop(self, node: ast.For, items: Any) -> bool:
        """A loop over epochs is training, and says how many."""
        name = getattr(node.target, "id", "")
        if isinstance(items, range) and "epoch" in name.lower():
            if not self.epochs_seen and len(items):
                self._put("epochs", len(items), node.lineno)
                self.epochs_seen = True
            return True
        return False

    def concerns(self, node: ast.AST) -> bool:
        """Whether a part that was passed over makes layers."""
        return any(
            names.is_module(getattr(inner, "attr", "")) for inner in ast.walk(node)
        )  # fmt: skip

    def _put(self, name: str, value: Any, line: int) -> None:
        try:
            names.put(self.training, name, value)
        except StudioError as error:
            self.remark(line, error)

    # --- building ---

    def _through(self, module: Any, args: list[Any], line: int) -> Any:
        """A module is called on a tensor."""
        tensors = _tensors(args)
        if not tensors:
            return UNKNOWN
        if isinstance(module, Call):
            return self._place(module, tensors[0])
        self._depth += 1
        if self._depth > 30:
            self._depth -= 1
            return tensors[0]
        try:
            if module.own is not None:
                if "forward" not in module.own.methods:
                    return self._odd("forward", tensors[0], line)
                return self._own_method(module, "forward", args, {})
            value: Any = tensors[0]
            for part in module.parts[:2000]:
                if isinstance(part, (Call, Module)) and isinstance(value, Tensor):
                    value = self._through(part, [value], getattr(part, "line", line))
            return value
        finally:
            self._depth -= 1

    def _place(self, call: Call, tensor: Tensor) -> Tensor:
        """The layer of a module, after a tensor."""
        self.placed.append(call)
        if call.name.startswith("Conv") and len(tensor.shape) > 1:
            wanted = call.args[0] if call.args else call.named.get("in_channels")
            if isinstance(wanted, int) and wanted != tensor.shape[-1]:
                self.remark(call.line, StudioError(
                    mark("This layer expects {wanted} channels, but gets {given} here."),
                    wanted=wanted, given=tensor.shape[-1],
                ))  # fmt: skip
        try:
            made, error = names.read_module(call, tensor.shape)
        except StudioError as unread:
            self.remark(call.line, unread)
            return tensor
        if error is not None:
            self.remark(call.line, error)
        return self._add(made, tensor, call)

    def _add(self, made: list[Layer], tensor: Tensor, call: Call) -> Tensor:
        for one in made:
            if one.type_name == "Dense.v1":
                wanted = call.args[0] if call.args else call.named.get("in_features")
                wanted = None if call.name == "LazyLinear" else wanted
                if isinstance(wanted, int) and tensor.shape != (wanted,):
                    self.remark(call.line, StudioError(
                        mark("This layer expects {wanted} numbers, but gets {given} here."),
                        wanted=wanted, given=" × ".join(map(str, tensor.shape)),
                    ))  # fmt: skip
            tensor = self.assembly.add(one, [tensor], call.line)
        return tensor

    def _function(
        self, name: str, args: list[Any], named: dict[str, Any], tensors: list[Tensor], line: int
    ) -> Any:
        """A function of tensors, such as ``F.relu`` or ``torch.flatten``."""
        first = tensors[0]
        if name in names.PASSING:
            return first
        if name in ("cat", "concat", "concatenate") and len(tensors) > 1:
            return self._joined(args, named, tensors, line)
        if name in ("add", "mul") and len(tensors) == 2:
            kind = "Add.v1" if name == "add" else "Multiply.v1"
            return self.assembly.add(layer(kind), tensors, line)
        if name == "size":
            sizes = (UNKNOWN, *first.shape)
            place = args[1] if len(args) > 1 else None
            return sizes[place] if isinstance(place, int) and place < len(sizes) else sizes
        if name in ("flatten", "view", "reshape"):
            kept = name != "flatten" and len(args) > 3  # a new shape, not just a row
            if kept:
                return self._odd(name, first, line)
            self.placed.append(Call(name, [], {}, line))
            return self._add([layer("Flatten.v1")], first, Call(name, [], {}, line))
        if name == "mean" and len(first.shape) > 1:
            return self._add([layer("GlobalAvgPool.v1")], first, Call(name, [], {}, line))
        rest = [value for value in args if not isinstance(value, Tensor)]
        try:
            made, error = names.read_function(name, rest, named, first.shape)
        except StudioError as unread:
            self.remark(line, unread)
            return first
        if error is not None:
            self.remark(line, error)
        return self._add(made, first, Call("", [], {}, line))

    def _joined(
        self, args: list[Any], named: dict[str, Any], tensors: list[Tensor], line: int
    ) -> Tensor:
        axis = named.get("dim", named.get("axis", args[1] if len(args) > 1 else 0))
        axes = len(tensors[0].shape)
        if not isinstance(axis, int) or axis == 0:
            return self._odd("cat", tensors[0], line)
        axis = axis if axis > 0 else axes + 1 + axis
        ours = axes if axis == 1 else axis - 1  # channels come last here
        return self.assembly.add(layer("Concatenate.v1", axis=max(1, ours)), tensors, line)

    def _odd(self, name: str, tensor: Tensor, line: int) -> Tensor:
        self.remark(line, StudioError(
            mark("“{name}” is not known here; it was left out."), name=name[:60]
        ))  # fmt: skip
        return tensor

    # --- the end ---

    def model(self) -> Module | None:
        """The model: the last module that no other holds; a class of the text if none is made."""
        found = [module for module in self.modules if not module.inner]
        if found:
            return found[-1]
        for value in reversed(list(self.scope.values())):
            if isinstance(value, Class) and "forward" in value.methods:
                return self._instance(value, [], {}, value.node.lineno)  # type: ignore[no-any-return]
        return None

    def follow(self, model: Module) -> Tensor | None:
        """Lead an example of the shape through the model."""
        assert self.shape is not None
        start = self.assembly.start(self.shape, model.line)
        found = self._through(model, [start], model.line)
        if isinstance(found, (tuple, list)):
            found = next((value for value in found if isinstance(value, Tensor)), None)
        return found if isinstance(found, Tensor) else None


def _lost(name: str, line: int, reader: Reader) -> StudioError:
    """Why a model could not be followed, with the first line that could not be read."""
    if not reader.remarks:
        return StudioError(
            mark("The model at line {line} of “{name}” could not be followed from input to "
                 "output."), line=line, name=name,
        )  # fmt: skip
    first = min(reader.remarks, key=lambda remark: remark.line)
    return StudioError(
        mark("The model at line {line} of “{name}” could not be followed from input to output. "
             "Line {at}: {reason}"), line=line, name=name, at=first.line, reason=first.text,
    )  # fmt: skip


def _read_loss_functions(reader: Reader, tree: ast.Module) -> None:
    """A loss that is called as a function, such as ``F.cross_entropy``, anywhere in the text."""
    for node in ast.walk(tree) if "loss" not in reader.training else ():
        name = getattr(node.func, "attr", "") if isinstance(node, ast.Call) else ""
        if name in names.LOSS_FUNCTIONS:
            names.read_setting(reader.training, names.LOSS_FUNCTIONS[name], [], {})
            return


def _tensors(values: list[Any]) -> list[Tensor]:
    """The tensors among arguments, also inside one list."""
    found: list[Tensor] = []
    for value in values:
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += [one for one in value if isinstance(one, Tensor)]
    return found


@register("PytorchSourceIn.v1")
class PytorchSource(Importer):
    """A Python text that builds a model with PyTorch."""

    label = mark("PyTorch source")
    help = mark("A Python text with nn.Sequential or an nn.Module. It is read, never executed.")
    extensions = (".py", ".txt")
    order = 5

    def suits(self, content: bytes, name: str) -> bool:
        """Whether it speaks of PyTorch."""
        head = content[:200_000]
        return b"\0" not in head[:200] and (b"torch" in head or b"nn.Module" in head or (
            b"nn.Sequential" in head))  # fmt: skip

    def read(self, content: bytes, name: str) -> Reading:
        """The last model of the text."""
        tree = parse(content, name)
        best: tuple[int, Reader, Tensor] | None = None
        shapes = candidate_shapes(tree)
        tried: set[Shape] = set()
        lost: tuple[int, Reader] | None = None
        while shapes:
            shape = shapes.pop(0)
            if shape in tried:
                continue
            tried.add(shape)
            reader = Reader(shape)
            reader.run(tree)
            faults = len(reader.remarks)
            model = reader.model()
            if model is None:
                break
            output = reader.follow(model)
            if len(tried) == 1:  # by now the arguments of the first layers are known
                shapes = shapes_of(reader.placed) + shapes
            if output is None:
                lost = lost or (model.line, reader)
                continue
            faults = len(reader.remarks) + len(reader.assembly.remarks) - faults
            if best is None or faults < best[0]:
                best = (faults, reader, output)
            if not faults or reader.effort > MOST_EFFORT:
                break
        if best is None and lost is not None:
            raise _lost(name, *lost)
        if best is None or len(best[1].assembly.nodes) < 2:
            raise StudioError(mark("There is no PyTorch model in “{name}”."), name=name)
        _, reader, output = best
        _read_loss_functions(reader, tree)
        found = reader.assembly.finish(output, name.rpartition(".")[0] or name)
        found = dataclasses.replace(
            found, network=names.with_softmax(found.network, reader.training),
            training={k: v for k, v in reader.training.items() if k != "criterion"},
        )  # fmt: skip
        return found.with_remarks(*reader.remarks)
