"""How the numbers that a network reads are called."""

from __future__ import annotations

from nnstudio.core.data import Data
from nnstudio.core.text import named, tr

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def feature_text(name: str) -> str:
    """A feature's name as it is written: ``x1^2`` -> ``x₁²``, ``sin(x1)`` -> ``sin x₁``."""
    if not name.startswith(("x", "sin(x")) or len(name) > 7:
        return name
    text = name.replace("sin(", "sin ").replace(")", "").replace("*", "")
    text, power, _ = text.partition("^2")
    return text.translate(_SUBSCRIPTS) + ("²" if power else "")


def input_names(data: Data) -> tuple[str, ...]:
    """The names of all inputs, as far as the data has any."""
    return tuple(map(feature_text, data.plane) if data.plane else map(named, data.feature_names))


def input_name(data: Data, at: int) -> str:
    """The name of one input, or its number."""
    names = input_names(data)
    return names[at] if at < len(names) else tr("input {n}", n=at + 1)
