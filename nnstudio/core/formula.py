"""Formulas that a person types, such as ``sin(x1)*x2 > 0``: parsed by a white list, never run.

The text becomes a syntax tree; only numbers, the named variables, arithmetic, comparisons, ``and``,
``or``, ``not`` and the functions below are read, and each is computed by NumPy.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnstudio.core.text import StudioError, mark

#: A formula may have so many characters and parts.
MOST_LENGTH, MOST_PARTS = 500, 200

FUNCTIONS: dict[str, tuple[Callable[..., Any], int]] = {
    "sin": (np.sin, 1), "cos": (np.cos, 1), "tan": (np.tan, 1), "tanh": (np.tanh, 1),
    "exp": (np.exp, 1), "log": (np.log, 1), "sqrt": (np.sqrt, 1), "abs": (np.abs, 1),
    "sign": (np.sign, 1), "floor": (np.floor, 1), "round": (np.round, 1),
    "min": (np.minimum, 2), "max": (np.maximum, 2), "hypot": (np.hypot, 2),
    "atan2": (np.arctan2, 2),
}  # fmt: skip
CONSTANTS = {"pi": np.pi, "e": np.e}

_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: np.divide, ast.Mod: np.mod, ast.Pow: np.power, ast.FloorDiv: np.floor_divide,
}  # fmt: skip
_COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    ast.Lt: np.less, ast.LtE: np.less_equal, ast.Gt: np.greater, ast.GtE: np.greater_equal,
    ast.Eq: np.equal, ast.NotEq: np.not_equal,
}  # fmt: skip


@dataclass(frozen=True)
class Formula:
    """A sound formula of some variables. ``is_condition``: it is true or false, not a number."""

    text: str
    variables: tuple[str, ...]
    tree: ast.expr
    is_condition: bool

    def __call__(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """The formula at each place: arrays (n,) by variable -> (n,) float64, 1 and 0 for true and
        false; raises ``StudioError`` where it is no finite number."""
        count = len(next(iter(values.values())))
        exact = {name: np.asarray(array, np.float64) for name, array in values.items()}
        with np.errstate(all="ignore"):
            result = np.broadcast_to(np.asarray(_value(self.tree, exact), np.float64), (count,))
        bad = ~np.isfinite(result)
        if bad.any():
            at = int(np.argmax(bad))
            place = ", ".join(f"{name} = {exact[name][at]:.3g}" for name in self.variables)
            raise StudioError(
                mark("“{formula}” has no value at {place}. Change the formula."),
                formula=self.text,
                place=place,
            )
        return result.copy()


def parse(text: str, variables: Sequence[str] = ("x1", "x2")) -> Formula:
    """Read a formula; ``^`` is a power. Raises ``StudioError`` that says what cannot be read."""
    shown = " ".join(text.split())
    plain = shown.replace("^", "**").replace("−", "-").replace("·", "*").replace("×", "*")
    for sign, name in (("x₁", "x1"), ("x₂", "x2"), ("π", "pi"), ("≥", ">="), ("≤", "<=")):
        plain = plain.replace(sign, name)
    if not plain or len(plain) > MOST_LENGTH:
        raise _unsound(shown or "—", variables)
    try:
        tree = ast.parse(plain, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _unsound(shown, variables) from None
    if sum(1 for _ in ast.walk(tree)) > MOST_PARTS * 3:
        raise _unsound(shown, variables)
    _check(tree, shown, tuple(variables))
    return Formula(shown, tuple(variables), tree, _is_condition(tree))


def _is_condition(tree: ast.expr) -> bool:
    if isinstance(tree, ast.UnaryOp):
        return isinstance(tree.op, ast.Not)
    return isinstance(tree, (ast.Compare, ast.BoolOp))


def _check(tree: ast.expr, text: str, variables: tuple[str, ...]) -> None:
    """Raise ``StudioError`` unless every part of the tree is on the white list."""
    parts: list[ast.expr] = []
    if isinstance(tree, ast.Constant):
        number = tree.value
        sound = type(number) in (int, float) and abs(number) < 1e12  # type: ignore[arg-type]
    elif isinstance(tree, ast.Name):
        sound = tree.id in variables or tree.id in CONSTANTS
    elif isinstance(tree, ast.BinOp):
        sound, parts = type(tree.op) in _BINARY, [tree.left, tree.right]
    elif isinstance(tree, ast.UnaryOp):
        sound = isinstance(tree.op, (ast.USub, ast.UAdd, ast.Not))
        parts = [tree.operand]
    elif isinstance(tree, ast.Compare):
        sound = all(type(op) in _COMPARE for op in tree.ops)
        parts = [tree.left, *tree.comparators]
    elif isinstance(tree, ast.BoolOp):
        sound, parts = True, tree.values
    elif isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and not tree.keywords:
        name = tree.func.id
        sound = name in FUNCTIONS and FUNCTIONS[name][1] == len(tree.args)
        parts = tree.args
    else:
        sound = False
    if not sound:
        raise StudioError(
            mark(
                "“{part}” in “{formula}” cannot be used. There are {variables}, numbers, "
                "+ − * / ^, < >, and, or, not, and {functions}."
            ),
            part=ast.unparse(tree)[:60],
            formula=text[:100],
            variables=", ".join((*variables, *CONSTANTS)),
            functions=", ".join(FUNCTIONS),
        )
    for part in parts:
        _check(part, text, variables)


def _value(tree: ast.expr, values: Mapping[str, np.ndarray]) -> Any:
    """A checked tree's value."""
    if isinstance(tree, ast.Constant):
        return float(tree.value)  # type: ignore[arg-type]
    if isinstance(tree, ast.Name):
        return values[tree.id] if tree.id in values else CONSTANTS[tree.id]
    if isinstance(tree, ast.BinOp):
        return _BINARY[type(tree.op)](_value(tree.left, values), _value(tree.right, values))
    if isinstance(tree, ast.UnaryOp):
        value = _value(tree.operand, values)
        if isinstance(tree.op, ast.Not):
            return np.logical_not(value)
        return -np.asarray(value, np.float64) if isinstance(tree.op, ast.USub) else value
    if isinstance(tree, ast.Compare):
        result: Any = True
        left = _value(tree.left, values)
        for op, node in zip(tree.ops, tree.comparators, strict=True):
            right = _value(node, values)
            result = np.logical_and(result, _COMPARE[type(op)](left, right))
            left = right
        return result
    if isinstance(tree, ast.BoolOp):
        joined = np.logical_and if isinstance(tree.op, ast.And) else np.logical_or
        found = [_value(node, values) for node in tree.values]
        result = found[0]
        for other in found[1:]:
            result = joined(result, other)
        return result
    assert isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name)
    return FUNCTIONS[tree.func.id][0](*(_value(node, values) for node in tree.args))


def _unsound(text: str, variables: Sequence[str]) -> StudioError:
    return StudioError(
        mark("“{formula}” is no formula. Write one such as sin({first}) * {last} > 0."),
        formula=text[:100],
        first=variables[0],
        last=variables[-1],
    )
