"""How large an example of a PyTorch model may be: PyTorch does not say, its first layers hint."""

from __future__ import annotations

import ast
from typing import Any

from nnstudio.core.contracts import Shape
from nnstudio.core.exchange.keras_layers import Call

#: Sides of images and lengths of sequences that are tried, the usual ones first.
SIDES = (28, 32, 224, 64, 96, 128, 16, 8, 48, 20, 12, 256, 299)
LENGTHS = (128, 100, 64, 256, 32, 50, 200, 16)
FIRST = ("Linear", "LazyLinear", "Conv1d", "Conv2d", "ConvTranspose2d", "Flatten")


def candidate_shapes(tree: ast.Module) -> list[Shape]:
    """Shapes that an example may have, from the arguments of the first layers in the text."""
    found: list[Shape] = []
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for node in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        wanted = [k.value for k in node.keywords if k.arg in ("in_features", "in_channels")]
        first: Any = node.args[0] if node.args else next(iter(wanted), None)
        size = first.value if isinstance(first, ast.Constant) else None
        if name in FIRST and name != "Flatten":
            found = _shapes(name, size)
            break
    text = ast.unparse(tree) if len(ast.dump(tree)) < 2_000_000 else ""
    flattens = any(word in text for word in ("nn.Flatten()", "view(", "flatten(", "reshape("))
    return (_sides(found) if flattens else []) + found or [(2,)]


def shapes_of(placed: list[Call]) -> list[Shape]:
    """Shapes that the modules ask for which an example came through first, in their order: their
    arguments are known by now."""
    flattens = False
    for call in placed[:50]:
        if call.name in ("Flatten", "flatten", "view", "reshape"):
            flattens = True
        elif call.name in FIRST:
            size = call.args[0] if call.args else None
            size = call.named.get("in_features", call.named.get("in_channels", size))
            found = _shapes(call.name, size) if isinstance(size, int) else []
            return (_sides(found) if flattens else []) + found
    return []


def _shapes(name: str, size: Any) -> list[Shape]:
    known = size if isinstance(size, int) and 0 < size < 1_000_000 else None
    if name in ("Conv2d", "ConvTranspose2d"):
        sides = (32, *(side for side in SIDES if side != 32)) if known == 3 else SIDES
        return [(side, side, known or 1) for side in sides]
    if name == "Conv1d":
        return [(length, known or 1) for length in LENGTHS]
    return [(known or 2,)]


def _sides(found: list[Shape]) -> list[Shape]:
    """Images that a row of numbers may have been."""
    if not found or len(found[0]) != 1:
        return []
    size = found[0][0]
    side = round((size // 3) ** 0.5)
    if 3 * side * side == size and side > 4:
        return [(side, side, 3)]
    side = round(size**0.5)
    return [(side, side, 1)] if side * side == size and side > 4 else []
