"""Small makers of Python source: calls, values, blocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

WIDTH = 96


@dataclass(frozen=True)
class Code:
    """A value that is written as it stands, not as a literal."""

    text: str


def literal(value: Any) -> str:
    """A value as Python writes it; text in double quotation marks."""
    if isinstance(value, Code):
        return value.text
    if isinstance(value, str):
        plain = value.isprintable() and '"' not in value and "\\" not in value
        return f'"{value}"' if plain else ascii(value)
    if isinstance(value, (list, tuple)):
        inner = ", ".join(map(literal, value))
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)


def call(name: str, /, *args: Any, **named: Any) -> str:
    """``name(args, key=value)``."""
    parts = [literal(value) for value in args]
    parts += [f"{key}={literal(value)}" for key, value in named.items()]
    return f"{name}({', '.join(parts)})"


def block(opening: str, items: Iterable[str], closing: str, indent: str = "") -> str:
    """``opening``, one item a line, ``closing``."""
    lines = "".join(f"{indent}    {item},\n" for item in items)
    return f"{indent}{opening}\n{lines}{indent}{closing}"


def one_line(text: str) -> str:
    """A text that can stand in a comment or docstring."""
    plain = " ".join(text.replace("\\", "/").replace('"', "'").split())
    return "".join(letter for letter in plain if letter.isprintable())[:200]
