"""Plain values of Python text, and operators and functions on them, all bounded in size."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MOST_ITEMS = 10_000
MOST_NUMBER = 10**15


@dataclass(frozen=True)
class Path:
    """A dotted name that the text does not define itself."""

    name: str

    @property
    def last(self) -> str:
        """Its last part."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True)
class Method:
    """An attribute of a value, such as ``model.add``."""

    owner: Any
    name: str


@dataclass
class Function:
    """A function or lambda of the text."""

    node: ast.FunctionDef | ast.Lambda
    scope: dict[str, Any]


@dataclass
class Class:
    """A class of the text."""

    node: ast.ClassDef
    bases: tuple[Any, ...]
    methods: dict[str, ast.FunctionDef] = field(default_factory=dict)


class Unknown:
    """A value that nothing can be said about."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN = Unknown()


class Returned(Exception):
    """``return`` with its value."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class Left(Exception):
    """``break`` or ``continue``."""


class Spent(Exception):
    """The text asks for more than the bounds allow."""


BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}  # fmt: skip
COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
}  # fmt: skip
UNARY: dict[type, Callable[[Any], Any]] = {
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_,
}  # fmt: skip


def is_number(value: Any) -> bool:
    """Whether it is an int or a float, and no bool."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


PLAIN = ("range", "len", "enumerate", "zip", "reversed", "list", "tuple", "int", "float",
          "min", "max", "sum", "str", "bool", "dict", "abs", "round")  # fmt: skip


def plain(name: str, args: list[Any]) -> Any:
    """Some of Python's own functions, on plain values."""
    if any(isinstance(value, (Unknown, Path, Method)) for value in args):
        return UNKNOWN
    if name == "range":
        if not all(isinstance(value, int) and abs(value) < MOST_NUMBER for value in args):
            return UNKNOWN
        return range(*args)
    if any(isinstance(value, range) and len(value) > MOST_ITEMS for value in args):
        raise Spent
    made = {"enumerate": enumerate, "zip": zip, "reversed": reversed}.get(name)
    if made is not None:
        return [tuple(v) if isinstance(v, tuple) else v for v in made(*args)]  # type: ignore[operator]
    functions: dict[str, Callable[..., Any]] = {
        "len": len, "list": list, "tuple": tuple, "int": int, "float": float, "min": min,
        "max": max, "sum": sum, "str": str, "bool": bool, "abs": abs, "round": round, "dict": dict,
    }  # fmt: skip
    if name == "str" and not all(is_number(v) or isinstance(v, str) for v in args):
        return UNKNOWN
    return functions[name](*args)


def bounded(kind: type, left: Any, right: Any) -> Any:
    """An operator on plain values; ``NotImplementedError`` for others, errors for what is wrong
    or too large."""
    if kind not in BINARY:
        raise TypeError
    if is_number(left) and is_number(right):
        if kind is ast.Pow and (abs(left) > MOST_NUMBER or abs(right) > 64):
            raise OverflowError
        found = BINARY[kind](left, right)
        if isinstance(found, complex) or abs(found) > MOST_NUMBER:
            raise OverflowError
        return found
    pair = (left, right)
    if kind is ast.Add and any(all(isinstance(v, t) for v in pair) for t in (list, tuple, str)):
        if len(left) + len(right) > MOST_ITEMS:
            raise OverflowError
        return left + right
    if kind is ast.Mult and isinstance(left, (list, tuple)) and isinstance(right, int):
        if len(left) * right > MOST_ITEMS:
            raise OverflowError
        return left * right
    if kind is ast.Mult and isinstance(right, (list, tuple)) and isinstance(left, int):
        return bounded(kind, right, left)
    if isinstance(left, str) or isinstance(right, str):
        raise TypeError
    raise NotImplementedError
