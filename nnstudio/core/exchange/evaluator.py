"""Python text read from its syntax tree: constants, loops over literals, calls. Never executed.

An ``Evaluator`` walks a module the way Python would, but knows only plain values and *paths*: a
name that nothing in the text defines, such as ``layers.Dense``, stands for itself. What a call of
such a path means is up to whoever reads a dialect (Keras, PyTorch). Everything is bounded: the
text's size, the steps, the sizes of numbers, texts and lists.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence
from typing import Any

from nnstudio.core.exchange.expressions import Expressions
from nnstudio.core.exchange.plain_values import (
    MOST_ITEMS,
    UNKNOWN,
    Class,
    Function,
    Left,
    Path,
    Returned,
    Spent,
)
from nnstudio.core.text import StudioError, mark

MOST_BYTES = 2_000_000
MOST_CALLS = 20


def parse(content: bytes, name: str) -> ast.Module:
    """The syntax tree; raises ``StudioError`` with the line if it is no Python."""
    if len(content) > MOST_BYTES:
        raise StudioError(mark("“{name}” is too long for a program (over 2 MB)."), name=name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(content.decode("utf-8-sig"))
    except SyntaxError as error:
        raise StudioError(
            mark("Line {line} of “{name}” is no Python: {reason}."),
            line=error.lineno or 1, name=name, reason=str(error.msg)[:100],
        ) from None  # fmt: skip
    except (ValueError, RecursionError, MemoryError):
        raise StudioError(mark("“{name}” is no Python text."), name=name) from None


class Evaluator(Expressions):
    """Walks a module. A dialect overrides ``call``, ``operate``, ``loop`` and so on."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def loop(self, node: ast.For, items: Any) -> bool:
        """Whether the dialect has dealt with a loop itself."""
        return False

    def concerns(self, node: ast.AST) -> bool:
        """Whether a part that cannot be read matters."""
        return False

    # --- statements ---

    def run(self, tree: ast.Module) -> None:
        """Walk the whole module; raises ``StudioError`` if it asks for too much."""
        try:
            self._block(tree.body)
        except (Spent, RecursionError, MemoryError):
            raise StudioError(
                mark("This program does too much to be read without running it.")
            ) from None
        except (Returned, Left):
            pass

    def _block(self, body: Sequence[ast.stmt]) -> None:
        for node in body:
            self._tick()
            method = getattr(self, f"_do_{type(node).__name__.lower()}", None)
            if method is not None:
                method(node)
            elif self.concerns(node):
                self._unread(node)

    def _unread(self, node: ast.AST) -> None:
        self.remark(getattr(node, "lineno", 0), StudioError(mark("This part was not read.")))

    def _do_import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.asname:
                self.scope[alias.asname] = Path(alias.name)
            else:
                top = alias.name.split(".")[0]
                self.scope[top] = Path(top)

    def _do_importfrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            name = f"{node.module}.{alias.name}" if node.module else alias.name
            self.scope[alias.asname or alias.name] = Path(name)

    def _do_expr(self, node: ast.Expr) -> None:
        self.value(node.value)

    def _do_assign(self, node: ast.Assign) -> None:
        value = self.value(node.value)
        for target in node.targets:
            self.bind(target, value)

    def _do_annassign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.bind(node.target, self.value(node.value))

    def _do_augassign(self, node: ast.AugAssign) -> None:
        read = ast.copy_location(ast.BinOp(node.target, node.op, node.value), node)
        self.bind(node.target, self.value(read))

    def bind(self, target: ast.expr, value: Any) -> None:
        """Give a value to names, attributes or places."""
        if isinstance(target, ast.Name):
            self.scope[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            known = isinstance(value, (tuple, list)) and len(value) == len(target.elts)
            for number, part in enumerate(target.elts):
                self.bind(part, value[number] if known else UNKNOWN)
        elif isinstance(target, ast.Attribute):
            self.store(self.value(target.value), target.attr, value)
        elif isinstance(target, ast.Subscript):
            owner, key = self.value(target.value), self.value(target.slice)
            if isinstance(owner, dict) and isinstance(key, (str, int)) and len(owner) < MOST_ITEMS:
                owner[key] = value

    def store(self, owner: Any, name: str, value: Any) -> None:
        """Give a value to an attribute; a dialect may keep it."""

    def _do_for(self, node: ast.For) -> None:
        items = self.value(node.iter)
        if self.loop(node, items):
            return
        if not isinstance(items, (list, tuple, range, dict, str)):
            if self.concerns(node):
                self._unread(node)
            return
        if len(items) > MOST_ITEMS:
            raise Spent
        for item in items:
            self._tick()
            self.bind(node.target, item)
            try:
                self._block(node.body)
            except Left as left:
                if left.args[0] == "break":
                    break

    def _do_break(self, node: ast.Break) -> None:
        raise Left("break")

    def _do_continue(self, node: ast.Continue) -> None:
        raise Left("continue")

    def _do_if(self, node: ast.If) -> None:
        test = self.value(node.test)
        if isinstance(test, (bool, int, float, str, list, tuple, type(None))):
            self._block(node.body if test else node.orelse)
        elif self.concerns(node):
            self.remark(
                node.lineno,
                StudioError(mark("It cannot be told whether this is so; both ways were left out.")),
            )

    def _do_with(self, node: ast.With) -> None:
        for item in node.items:
            value = self.value(item.context_expr)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, value)
        self._block(node.body)

    def _do_try(self, node: ast.Try) -> None:
        self._block(node.body)
        self._block(node.finalbody)

    def _do_functiondef(self, node: ast.FunctionDef) -> None:
        self.scope[node.name] = Function(node, self.scope)

    def _do_classdef(self, node: ast.ClassDef) -> None:
        methods = {part.name: part for part in node.body if isinstance(part, ast.FunctionDef)}
        self.scope[node.name] = Class(node, tuple(map(self.value, node.bases)), methods)

    def _do_return(self, node: ast.Return) -> None:
        raise Returned(self.value(node.value) if node.value is not None else None)

    def apply(self, function: Function, args: list[Any], named: dict[str, Any]) -> Any:
        """The value of a call of one of the text's own functions."""
        self._depth += 1
        if self._depth > MOST_CALLS:
            raise Spent
        outer = self.scope
        try:
            declared = function.node.args
            names = [a.arg for a in (*declared.posonlyargs, *declared.args)]
            defaults = dict(zip(reversed(names), reversed(declared.defaults), strict=False))
            self.scope = dict(function.scope)
            for name, default in defaults.items():
                self.scope[name] = self.value(default)
            for only, preset in zip(declared.kwonlyargs, declared.kw_defaults, strict=True):
                self.scope[only.arg] = self.value(preset) if preset is not None else UNKNOWN
            self.scope.update(zip(names, args, strict=False))
            if declared.vararg is not None:
                self.scope[declared.vararg.arg] = tuple(args[len(names) :])
            known = {*names, *(a.arg for a in declared.kwonlyargs)}
            self.scope.update({k: v for k, v in named.items() if k in known})
            if isinstance(function.node, ast.Lambda):
                return self.value(function.node.body)
            self._block(function.node.body)
        except Returned as returned:
            return returned.value
        finally:
            self.scope = outer
            self._depth -= 1
        return None
