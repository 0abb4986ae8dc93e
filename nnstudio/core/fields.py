"""Declared fields: one declaration gives label, default, range, help, form, JSON, CLI, validation.

A *spec* (a layer, an optimizer, a data set) is a frozen dataclass whose attributes are declared
with ``integer``, ``real``, ``choice``, ``flag`` and ``sizes``::

    @register("Dense.v1")
    class Dense(Layer):
        units: int = integer(8, minimum=1, maximum=65536, label="Units", help="...")
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from nnstudio.core.text import StudioError, mark


@dataclass(frozen=True)
class Field:
    """How one attribute of a spec is named, shown, limited and read.

    ``kind`` is one of ``"integer"``, ``"real"``, ``"choice"``, ``"flag"``, ``"sizes"`` (one or
    more whole numbers, such as a kernel size), ``"names"`` (any of several), ``"text"`` and
    ``"value"`` (a value of class ``holds`` with JSON of its own; forms leave it out).
    ``formula`` is what a number does. ``logarithmic`` asks for a form that steps by factors
    (learning rates). ``choices`` is a function because the registry fills up late. ``zero`` is the
    marked word that forms show for 0 where that is no amount, such as "off".
    """

    kind: str
    label: str
    help: str = ""
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    unit: str = ""
    logarithmic: bool = False
    choices: Callable[[], Iterable[str]] | None = None
    labels: dict[str, str] = dataclasses.field(default_factory=dict)
    length: int | None = None
    holds: type | None = None
    zero: str = ""
    formula: str = ""

    def read(self, value: Any) -> Any:
        """Convert and check a value from JSON, a form or the command line.

        Raises ``StudioError`` with a sentence that says which field, what was given and what fits.
        """
        return _READERS[self.kind](self, value)


def _wrong(field: Field, value: Any, wanted: str) -> StudioError:
    shown = str(value)
    return StudioError(
        mark("{label} cannot be “{value}”. Give {wanted}."),
        label=field.label,
        value=shown if len(shown) <= 60 else shown[:57] + "...",
        wanted=wanted,
    )


def _in_range(field: Field, number: float) -> None:
    low, high = field.minimum, field.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise StudioError(
            mark("{label} cannot be {value}. It lies between {low} and {high}."),
            label=field.label,
            value=f"{number:g}",
            low="−∞" if low is None else f"{low:g}",
            high="∞" if high is None else f"{high:g}",
        )


def _read_integer(field: Field, value: Any) -> int:
    try:
        number = int(value)
        if isinstance(value, bool) or number != float(value):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise _wrong(field, value, mark("a whole number")) from None
    _in_range(field, number)
    return number


def _read_real(field: Field, value: Any) -> float:
    try:
        number = float(value)
        if isinstance(value, bool) or not math.isfinite(number):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise _wrong(field, value, mark("a number")) from None
    _in_range(field, number)
    return number


def _read_choice(field: Field, value: Any) -> str:
    assert field.choices is not None
    options = list(field.choices())
    if value not in options:
        raise _wrong(field, value, ", ".join(options))
    return str(value)


def _read_flag(field: Field, value: Any) -> bool:
    if isinstance(value, str):
        value = {"true": True, "1": True, "false": False, "0": False}.get(value.lower(), value)
    if not isinstance(value, bool):
        raise _wrong(field, value, mark("true or false"))
    return value


def _read_sizes(field: Field, value: Any) -> tuple[int, ...]:
    if isinstance(value, str):
        value = [part for part in value.replace("×", ",").replace("x", ",").split(",") if part]
        if len(value) == 1 and field.length:  # “5” for a kernel of 5 × 5
            value *= field.length
    if isinstance(value, int) and field.length:
        value = [value] * field.length
    if not isinstance(value, (list, tuple)) or (field.length and len(value) != field.length):
        raise _wrong(field, value, mark("whole numbers separated by commas"))
    if len(value) > 8:
        raise _wrong(field, value, mark("at most 8 numbers"))
    return tuple(_read_integer(field, item) for item in value)


def _read_text(field: Field, value: Any) -> str:
    if not isinstance(value, str) or len(value) > 10_000:
        raise _wrong(field, value, mark("a text"))
    return value


def _read_names(field: Field, value: Any) -> tuple[str, ...]:
    assert field.choices is not None
    options = list(field.choices())
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, (list, tuple)) or any(item not in options for item in value):
        raise _wrong(field, value, ", ".join(options))
    return tuple(name for name in options if name in value)


def _read_value(field: Field, value: Any) -> Any:
    assert field.holds is not None
    if isinstance(value, field.holds):
        return value
    if isinstance(value, str):  # from the command line
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise _wrong(field, value, mark("JSON")) from None
    return field.holds.from_json(value)  # type: ignore[attr-defined]


_READERS: dict[str, Callable[[Field, Any], Any]] = {
    "integer": _read_integer,
    "real": _read_real,
    "choice": _read_choice,
    "flag": _read_flag,
    "sizes": _read_sizes,
    "text": _read_text,
    "names": _read_names,
    "value": _read_value,
}


def _declare(default: Any, field: Field) -> Any:
    return dataclasses.field(default=default, metadata={"field": field})


def integer(
    default: int,
    *,
    label: str,
    help: str = "",
    minimum: int | None = None,
    maximum: int | None = None,
    step: int = 1,
    unit: str = "",
    zero: str = "",
    formula: str = "",
) -> Any:
    """Declare a whole number."""
    return _declare(
        default,
        Field("integer", label, help, minimum, maximum, step, unit, zero=zero, formula=formula),
    )


def real(
    default: float,
    *,
    label: str,
    help: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    step: float | None = None,
    unit: str = "",
    logarithmic: bool = False,
    zero: str = "",
    formula: str = "",
) -> Any:
    """Declare a real number."""
    made = Field("real", label, help, minimum, maximum, step, unit, logarithmic)
    return _declare(default, dataclasses.replace(made, zero=zero, formula=formula))


def choice(
    default: str,
    choices: Callable[[], Iterable[str]] | Iterable[str],
    *,
    label: str,
    help: str = "",
    labels: dict[str, str] | None = None,
) -> Any:
    """Declare one of several names; ``labels`` maps a name to the text shown for it."""
    if callable(choices):
        options = choices
    else:
        fixed = tuple(choices)

        def options() -> Iterable[str]:
            return fixed

    return _declare(default, Field("choice", label, help, choices=options, labels=labels or {}))


def flag(default: bool, *, label: str, help: str = "") -> Any:
    """Declare a yes or no."""
    return _declare(default, Field("flag", label, help))


def sizes(
    default: tuple[int, ...],
    *,
    label: str,
    help: str = "",
    minimum: int = 1,
    maximum: int = 65536,
    length: int | None = None,
) -> Any:
    """Declare one or more whole numbers, such as a kernel size or a shape."""
    return _declare(default, Field("sizes", label, help, minimum, maximum, length=length))


def names(
    default: tuple[str, ...],
    choices: Iterable[str],
    *,
    label: str,
    help: str = "",
    labels: dict[str, str] | None = None,
) -> Any:
    """Declare any number of several names, such as the features that a network sees."""
    fixed = tuple(choices)

    def options() -> Iterable[str]:
        return fixed

    return _declare(default, Field("names", label, help, choices=options, labels=labels or {}))


def text(default: str, *, label: str, help: str = "") -> Any:
    """Declare a free text."""
    return _declare(default, Field("text", label, help))


def value(default: Any, *, label: str, help: str = "") -> Any:
    """Declare an immutable value of a class with ``to_json`` and ``from_json``."""
    return _declare(default, Field("value", label, help, holds=type(default)))


def fields_of(spec: Any) -> dict[str, Field]:
    """The declared fields of a spec or its class, by attribute name, in order of declaration."""
    return {f.name: f.metadata["field"] for f in dataclasses.fields(spec) if "field" in f.metadata}


def values_of(spec: Any) -> dict[str, Any]:
    """The values of a spec's declared fields, ready for JSON."""
    found: dict[str, Any] = {}
    for name, field in fields_of(spec).items():
        kept: Any = getattr(spec, name)
        if field.kind == "value":
            kept = kept.to_json()
        found[name] = list(kept) if isinstance(kept, tuple) else kept
    return found


def build(cls: type, values: dict[str, Any]) -> Any:
    """Make a spec from field values; unknown names and unfit values raise ``StudioError``."""
    fields = fields_of(cls)
    for name in values:
        if name not in fields:
            raise StudioError(
                mark("“{name}” is not a setting of {owner}. It has: {known}."),
                name=str(name)[:60],
                owner=getattr(cls, "label", cls.__name__),
                known=", ".join(fields) or "—",
            )
    return cls(**{name: fields[name].read(value) for name, value in values.items()})


def changed(spec: Any, **values: Any) -> Any:
    """A copy of a spec with some fields set, checked like ``build``."""
    fields = fields_of(spec)
    return dataclasses.replace(spec, **{n: fields[n].read(v) for n, v in values.items()})
