"""Python expressions read from the syntax tree: plain values, and paths that stand for themselves.

Nothing is executed, and everything is bounded: steps, and the sizes of numbers, texts and lists.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from nnstudio.core.exchange.imported import Remark
from nnstudio.core.exchange.plain_values import (
    COMPARE,
    MOST_ITEMS,
    PLAIN,
    UNARY,
    UNKNOWN,
    Function,
    Method,
    Path,
    Spent,
    bounded,
    is_number,
    plain,
)
from nnstudio.core.text import StudioError

MOST_STEPS = 200_000
MOST_TEXT = 10_000
MOST_REMARKS = 200


class Expressions:
    """Gives expressions their values. A dialect overrides ``call`` and ``operate``."""

    def __init__(self) -> None:
        self.scope: dict[str, Any] = {"__name__": "__main__"}
        self.remarks: list[Remark] = []
        self._steps = 0

    # --- what a dialect says ---

    def call(self, function: Any, args: list[Any], named: dict[str, Any], line: int) -> Any:
        """The value of a call of a path or method."""
        return UNKNOWN

    def operate(self, kind: type, left: Any, right: Any, line: int) -> Any:
        """The value of an operator on something else than plain values."""
        return UNKNOWN

    def attribute(self, owner: Any, name: str) -> Any:
        """An attribute of a value."""
        return Path(f"{owner.name}.{name}") if isinstance(owner, Path) else Method(owner, name)

    @property
    def effort(self) -> int:
        """Steps that were taken so far."""
        return self._steps

    def bind(self, target: ast.expr, value: Any) -> None:
        """Give a value to a target."""
        raise NotImplementedError

    def apply(self, function: Function, args: list[Any], named: dict[str, Any]) -> Any:
        """The value of a call of one of the text's own functions."""
        raise NotImplementedError

    def remark(self, line: int, text: StudioError) -> None:
        """Note what was not read."""
        if len(self.remarks) < MOST_REMARKS:
            self.remarks.append(Remark(line, text))

    def _tick(self) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise Spent

    # --- values ---

    def value(self, node: ast.expr) -> Any:
        """What an expression stands for; ``UNKNOWN`` where that cannot be told."""
        self._tick()
        method = getattr(self, f"_of_{type(node).__name__.lower()}", None)
        if method is None:
            return UNKNOWN
        return method(node)

    def _of_constant(self, node: ast.Constant) -> Any:
        return node.value

    def _of_name(self, node: ast.Name) -> Any:
        return self.scope[node.id] if node.id in self.scope else Path(node.id)

    def _of_attribute(self, node: ast.Attribute) -> Any:
        return self.attribute(self.value(node.value), node.attr)

    def _of_list(self, node: ast.List | ast.Tuple) -> Any:
        return list(self._items(node.elts))

    def _of_tuple(self, node: ast.Tuple) -> Any:
        return tuple(self._items(node.elts))

    def _items(self, parts: Sequence[ast.expr]) -> Iterator[Any]:
        for part in parts:
            if isinstance(part, ast.Starred):
                inner = self.value(part.value)
                if isinstance(inner, (list, tuple, range)) and len(inner) < MOST_ITEMS:
                    yield from inner
                else:
                    yield UNKNOWN
            else:
                yield self.value(part)

    def _of_dict(self, node: ast.Dict) -> Any:
        found = {}
        for key, value in zip(node.keys, node.values, strict=True):
            name = self.value(key) if key is not None else UNKNOWN
            inner = self.value(value)
            if key is None and isinstance(inner, dict):
                found.update(inner)
            elif isinstance(name, (str, int, float)):
                found[name] = inner
        return found

    def _of_joinedstr(self, node: ast.JoinedStr) -> Any:
        text = ""
        for part in node.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            value = self.value(inner)
            if not isinstance(value, (str, int, float)) or len(text) > MOST_TEXT:
                return UNKNOWN
            text += str(value)
        return text

    def _of_unaryop(self, node: ast.UnaryOp) -> Any:
        value = self.value(node.operand)
        if type(node.op) in UNARY and (is_number(value) or isinstance(value, bool)):
            return UNARY[type(node.op)](value)
        return UNKNOWN

    def _of_binop(self, node: ast.BinOp) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        kind = type(node.op)
        try:
            return bounded(kind, left, right)
        except (ArithmeticError, TypeError, ValueError, LookupError):
            return UNKNOWN
        except NotImplementedError:
            return self.operate(kind, left, right, node.lineno)

    def _of_boolop(self, node: ast.BoolOp) -> Any:
        value: Any = UNKNOWN
        for part in node.values:
            value = self.value(part)
            if not isinstance(value, (bool, int, float, str, type(None))):
                return UNKNOWN
            if bool(value) is isinstance(node.op, ast.Or):
                break
        return value

    def _of_compare(self, node: ast.Compare) -> Any:
        left = self.value(node.left)
        for sign, part in zip(node.ops, node.comparators, strict=True):
            right = self.value(part)
            plain = (int, float, str, bool, type(None))
            if type(sign) not in COMPARE or not all(isinstance(v, plain) for v in (left, right)):
                return UNKNOWN
            try:
                if not COMPARE[type(sign)](left, right):
                    return False
            except TypeError:
                return UNKNOWN
            left = right
        return True

    def _of_ifexp(self, node: ast.IfExp) -> Any:
        test = self.value(node.test)
        if not isinstance(test, (bool, int, float, str, type(None))):
            return UNKNOWN
        return self.value(node.body if test else node.orelse)

    def _of_subscript(self, node: ast.Subscript) -> Any:
        owner = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            cut = [self.value(p) if p else None for p in
                   (node.slice.lower, node.slice.upper, node.slice.step)]  # fmt: skip
            if isinstance(owner, (list, tuple, str)) and all(
                part is None or isinstance(part, int) for part in cut
            ):
                return owner[slice(*cut)] if cut[2] != 0 else UNKNOWN
            return UNKNOWN
        key = self.value(node.slice)
        try:
            if isinstance(owner, (list, tuple, dict, str)) and isinstance(key, (int, str)):
                return owner[key]  # type: ignore[index, call-overload]
        except (LookupError, TypeError):
            pass
        return UNKNOWN

    def _of_lambda(self, node: ast.Lambda) -> Any:
        return Function(node, self.scope)

    def _of_listcomp(self, node: ast.ListComp) -> Any:
        found: list[Any] = []
        self._comprehend(node, 0, found)
        return found

    _of_generatorexp = _of_listcomp

    def _comprehend(self, node: ast.ListComp, level: int, found: list[Any]) -> None:
        if level == len(node.generators):
            if len(found) >= MOST_ITEMS:
                raise Spent
            found.append(self.value(node.elt))
            return
        part = node.generators[level]
        items = self.value(part.iter)
        if isinstance(items, (list, tuple, range)):
            for item in items[:MOST_ITEMS]:
                self._tick()
                self.bind(part.target, item)
                if all(self.value(test) is True for test in part.ifs):
                    self._comprehend(node, level + 1, found)

    def _of_call(self, node: ast.Call) -> Any:
        function = self.value(node.func)
        args = list(self._items(node.args))
        named: dict[str, Any] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None:
                named[keyword.arg] = value
            elif isinstance(value, dict):
                named.update({str(key): inner for key, inner in value.items()})
        if isinstance(function, Function):
            return self.apply(function, args, named)
        if isinstance(function, Path) and function.name in PLAIN:
            try:
                return plain(function.name, args)
            except (ArithmeticError, TypeError, ValueError):
                return UNKNOWN
        owner = function.owner if isinstance(function, Method) else None
        if isinstance(owner, list) and function.name == "append" and len(args) == 1:
            if len(owner) >= MOST_ITEMS:
                raise Spent
            owner.append(args[0])
            return None
        return self.call(function, args, named, node.lineno)
