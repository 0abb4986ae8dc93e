"""Python source that needs nothing but NumPy, for reading how a network works."""

from __future__ import annotations

import ast
from dataclasses import asdict
from typing import Any

from nnstudio.core import ops
from nnstudio.core.exchange.formats import Exporter
from nnstudio.core.exchange.trained import Trained
from nnstudio.core.exchange.weights import pack_weights
from nnstudio.core.lowering import Step, identifiers
from nnstudio.core.registry import register
from nnstudio.core.resources import resource
from nnstudio.core.text import StudioError, mark


def _settings(op: ops.Activate) -> str:
    return "".join(f", {name}={value!r}" for name, value in op.settings.items())


def _call(step: Step, x: list[str]) -> tuple[str, str]:
    """The function that a step needs (empty: none) and the expression that does it."""
    op, node = step.op, step.node

    def w(name: str) -> str:
        return f'w["{node}.{name}"]'

    bias = w("bias") if getattr(op, "bias", False) else "0.0"
    match op:
        case ops.Product():
            return "dense", f"dense({x[0]}, {w('weight')}, {bias})"
        case ops.Convolution():
            weight = f"{w('weight')}.reshape({op.weight_shape})"
            sizes = f"{op.kernel}, {op.stride}, {op.dilation}, {op.before}, {op.after}"
            return "convolution", f"convolution({x[0]}, {weight}, {bias}, {sizes}, {op.groups})"
        case ops.TransposedConvolution():
            sizes = f"{op.stride}, {op.dilation}, {op.before}, {op.after}"
            name = "transposed_convolution"
            return name, f"{name}({x[0]}, {w('weight')}, {bias}, {sizes})"
        case ops.Pool():
            name = f"{op.how}_pool"
            return name, f"{name}({x[0]}, {op.window}, {op.stride}, {op.before}, {op.after})"
        case ops.GlobalPool():
            return f"global_{op.how}_pool", f"global_{op.how}_pool({x[0]})"
        case ops.ChannelNorm():
            names = ("scale", "shift", "moving_mean", "moving_variance")
            known = ", ".join(map(w, names))
            return "batch_norm", f"batch_norm({x[0]}, {known}, {op.epsilon})"
        case ops.ExampleNorm():
            known = f"{w('scale')}, {w('shift')}"
            return "layer_norm", f"layer_norm({x[0]}, {known}, {op.axes}, {op.epsilon})"
        case ops.Activate():
            return op.name, f"{op.name}({x[0]}{_settings(op)})"
        case ops.Slope():
            return "prelu", f"prelu({x[0]}, {w('slope')})"
        case ops.Combine(how="product"):
            return "", " * ".join(x)
        case ops.Combine(how="mean"):
            return "", f"({' + '.join(x)}) / {len(x)}"
        case ops.Combine():
            return "", " + ".join(x)
        case ops.Join():
            return "", f"np.concatenate([{', '.join(x)}], axis={op.axis + 1})"
        case ops.Reshape():
            return "", f"{x[0]}.reshape(-1, {', '.join(map(str, op.shape))})"
        case ops.Transpose():
            return "", f"{x[0]}.transpose(0, {', '.join(str(axis + 1) for axis in op.order)})"
        case ops.Pad():
            return "pad", f"pad({x[0]}, {op.before}, {op.after})"
        case ops.Enlarge():
            name = "enlarge_smoothly" if op.smooth else "enlarge"
            return name, f"{name}({x[0]}, {op.factors})"
    raise StudioError(mark("{layer} has no counterpart in this format. Take it out, or save a "
                           "project."), layer=type(op).__name__)  # fmt: skip


def functions(wanted: set[str]) -> str:
    """The source of functions and of those that they call, in the file's order."""
    source = resource("exports", "numpy_functions.py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    found = {part.name: part for part in tree.body if isinstance(part, ast.FunctionDef)}
    todo, taken = list(wanted), set()
    while todo:
        name = todo.pop()
        if name in found and name not in taken:
            taken.add(name)
            todo += [n.id for n in ast.walk(found[name]) if isinstance(n, ast.Name)]
    lines = source.splitlines()
    parts = ["\n".join(lines[p.lineno - 1 : p.end_lineno]) for n, p in found.items() if n in taken]
    return "\n\n\n".join(parts)


@register("NumpySource.v1")
class NumpySource(Exporter):
    """One file to read and run, and the weights beside it."""

    label = mark("NumPy source")
    help = mark("Python that needs only NumPy: short, and made for reading how it works.")
    name = "numpy"
    extension = ".py"
    order = 30

    def files(self, model: Trained, stem: str) -> dict[str, bytes]:
        """The source and the weights."""
        weights = f"{stem}.safetensors"
        return {
            f"{stem}.py": self.source(model, weights).encode(),
            weights: pack_weights(model.parameters),
        }

    def source(self, model: Trained, weights: str) -> str:
        """The whole source; it reads ``weights`` from its own folder."""
        lowered = model.lowered
        names = identifiers(
            [lowered.input, *(step.output for step in lowered.steps)], ("w", "np", "points")
        )
        needed = {"read_safetensors"}
        lines: list[str] = []
        for step in lowered.steps:
            function, text = _call(step, [names[name] for name in step.inputs])
            needed.add(function)
            lines.append(f"    {names[step.output]} = {text}  # {_sizes(step.shape)}")
        x = names[lowered.input]
        prepare = _preparation(model, x, needed)
        after = [f"    y = {names[lowered.output]}"]
        if model.in_units is not None:
            factor, shift = model.in_units
            after.append(f"    y = y * {factor!r} + {shift!r}  # in its own units")
        names_of_classes = f"CLASSES = {list(model.classes)!r}\n" if model.classes else ""
        if model.columns:
            listed = "".join(f"    {asdict(column)!r},\n" for column in model.columns)
            names_of_classes += f"COLUMNS = [\n{listed}]\n"
        imports = "import json\nimport math\nimport os\n\nimport numpy as np"
        body = functions(needed)
        if "math." not in body:
            imports = imports.replace("import math\n", "")
        shape = f"(n, {_sizes(model.raw_shape, ', ')})"
        return _FILE.format(
            title=_title(model), imports=imports, weights=weights, functions=body,
            classes=names_of_classes, x=x, shape=shape,
            body="\n".join(prepare + lines + after),
            example=", ".join(map(str, (1, *model.raw_shape))),
        )  # fmt: skip


def _sizes(shape: Any, between: str = " × ") -> str:
    return between.join(map(str, shape))


def _title(model: Trained) -> str:
    name = (model.setup.name or model.data.name).replace("\\", "/").replace('"', "'")
    return " ".join(name.split())


def _preparation(model: Trained, x: str, needed: set[str]) -> list[str]:
    data = model.data
    if model.columns:
        needed.add("prepare_table")
        return [f"    {x} = prepare_table({x}, COLUMNS)"]
    lines = [f"    {x} = np.asarray({x}, np.float32)"]
    if model.is_prepared:
        return lines
    if data.plane is not None:
        needed.add("plane_features")
        lines.append(f"    features = plane_features({x})")
        listed = ", ".join(f'features["{name}"]' for name in data.plane)
        lines.append(f"    {x} = np.stack([{listed}], axis=1)")
    if (data.scale, data.shift) != (1.0, 0.0):
        lines.append(f"    {x} = {x} * np.float32({data.scale!r}) + np.float32({data.shift!r})")
    return lines


_FILE = '''"""{title}: a trained network in plain NumPy, written by NNStudio.

``predict`` takes raw examples and does what the network does, layer by layer. The weights are in
{weights} beside this file.
"""

{imports}

WEIGHTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "{weights}")
{classes}

{functions}


def predict({x}, w):
    """The prediction for examples {shape}; w holds the weights by name."""
{body}
    return y


if __name__ == "__main__":
    weights = read_safetensors(WEIGHTS)
    print(predict(np.zeros(({example})), weights))
'''
