"""Keras' layers, as a text states them, as ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nnstudio.core.contracts import Layer, activations
from nnstudio.core.exchange.assembling import layer
from nnstudio.core.exchange.keras_names import (
    ALIASES,
    DEFAULTS,
    INITIALIZERS,
    LAYERS,
    OLD_ARGUMENTS,
    SILENT,
    automatic_initializer,
    by_name,
    snake,
)
from nnstudio.core.exchange.plain_values import Function, Path, Unknown, is_number
from nnstudio.core.fields import fields_of
from nnstudio.core.registry import find
from nnstudio.core.text import StudioError, mark

#: Names of activations that Keras or other programs use, by ours.
ACTIVATIONS = {"swish": "silu", "hard_silu": "hard_swish", "sin": "sine", "none": "linear",
               "identity": "linear"}  # fmt: skip


@dataclass
class Call:
    """A layer as it was stated: name in Keras, arguments, line."""

    name: str
    args: list[Any]
    named: dict[str, Any]
    line: int
    used: bool = False


@dataclass(frozen=True)
class Made:
    """Our layers for one of Keras', and remarks about its arguments."""

    layers: tuple[Layer, ...]
    remarks: tuple[StudioError, ...]


class Unread(StudioError):
    """An argument that could not be read."""


def is_layer(name: str) -> bool:
    """Whether a name is that of a layer that can be read."""
    name = ALIASES.get(name, name)
    return name in by_name(LAYERS) or name in ("Activation", "SeparableConv2D", "ThresholdedReLU")


def activation_name(value: Any) -> str | None:
    """Our name of an activation given as text or as a function; None if there is none."""
    if value is None:
        return "linear"
    name = value if isinstance(value, str) else value.last if isinstance(value, Path) else ""
    if isinstance(value, Function):  # one that the text defines
        name = getattr(value.node, "name", "")
    name = snake(name) if any(letter.isupper() for letter in name) else name
    name = {"re_lu": "relu", "leaky_re_lu": "leaky_relu", "si_lu": "silu"}.get(name, name)
    name = ACTIVATIONS.get(name, name)
    return name if name in activations() else None


def initializer_name(value: Any) -> tuple[str, bool] | None:
    """Our name of an initializer, and whether it was given as text; None if there is none."""
    text = isinstance(value, str)
    name = value if text else value.name if isinstance(value, Call) else getattr(value, "last", "")
    plain = str(name).replace("_", "").lower()
    for ours, theirs in INITIALIZERS.items():
        if plain in (ours.replace("_", ""), theirs.lower()):
            return ours, text
    return None


def read_layer(call: Call, axes: int) -> Made:
    """Our layers for a call, on an input of so many axes; raises ``StudioError`` if there are
    none."""
    name = ALIASES.get(call.name, call.name)
    if name == "Activation":
        return _read_activation(call)
    match = by_name(LAYERS).get(name)
    if match is None:
        raise StudioError(mark("There is no layer “{name}” here; it was left out."), name=name[:60])
    positions = [theirs for _, theirs in match.arguments]
    if name == "ZeroPadding2D":
        positions = ["padding"]
    given = dict(zip(positions, call.args, strict=False)) | call.named
    given = {OLD_ARGUMENTS.get((name, key), key): value for key, value in given.items()}
    given = {**DEFAULTS.get(name, {}), **given}
    values: dict[str, Any] = {}
    remarks: list[StudioError] = []
    after: tuple[Layer, ...] = ()
    ours_of = {theirs: ours for ours, theirs in match.arguments if ours}
    declared = fields_of(find(Layer, match.type_name))
    for key, value in given.items():
        ours = ours_of.get(key, "")
        try:
            if ours == "activation":
                after += _activation(values, value)
            elif ours == "initializer":
                found = initializer_name(value)
                if found is None:
                    raise _strange(key, value)
                values["initializer"] = found
            elif ours == "axes":
                values |= _axes(value, axes)
            elif ours == "axis":
                values["axis"] = _axis(value, axes)
            elif key == "padding" and name == "ZeroPadding2D":
                values |= _frame(value)
            elif ours:
                if isinstance(value, (Unknown, Path)):
                    raise _strange(key, value)
                if ours == "padding" and isinstance(value, str):
                    value = value.lower()
                if ours == "stride" and value is None:
                    continue
                if isinstance(value, float) and declared[ours].kind == "integer":
                    value = int(value) if value.is_integer() else value
                values[ours] = declared[ours].read(value)
            else:
                _check(name, key, value)
        except StudioError as error:
            remarks.append(error)
    explicit = values.pop("initializer", ("glorot_uniform", True))
    if "initializer" in declared:
        plain = layer(match.type_name, **values)
        same = explicit[1] and automatic_initializer(plain) == explicit[0]
        values["initializer"] = "automatic" if same else explicit[0]
    return Made((layer(match.type_name, **values), *after), tuple(remarks))


def _activation(values: dict[str, Any], value: Any) -> tuple[Layer, ...]:
    """Put an activation in place; one with numbers of its own becomes a layer after this one."""
    if isinstance(value, Call) and is_layer(value.name):
        return read_layer(value, 1).layers
    found = activation_name(value.name if isinstance(value, Call) else value)
    if found is None:
        raise StudioError(
            mark("The activation “{name}” is not known here; linear stands in its place."),
            name=_shown(value),
        )
    values["activation"] = found
    return ()


def _read_activation(call: Call) -> Made:
    value = call.args[0] if call.args else call.named.get("activation")
    if isinstance(value, Call) and is_layer(value.name):
        return read_layer(value, 1)
    name = activation_name(value)
    if name is None or (isinstance(value, Unknown)):
        raise StudioError(
            mark("The activation “{name}” is not known here; it was left out."), name=_shown(value)
        )
    return Made((layer(activations()[name].type_name),), ())


def _axes(value: Any, axes: int) -> dict[str, str]:
    """The axes of a layer norm."""
    places = value if isinstance(value, (list, tuple)) else [value]
    if not all(isinstance(place, int) for place in places):
        raise _strange("axis", value)
    from_end = sorted(place if place < 0 else place - axes - 1 for place in places)
    if from_end == list(range(-axes, 0)) and isinstance(value, (list, tuple)):
        return {"axes": "all"}
    if from_end == [-1]:
        return {"axes": "last"}
    raise _strange("axis", value)


def _axis(value: Any, axes: int) -> int:
    """The axis of a concatenation, counted from 1; −1: the last."""
    if not isinstance(value, int) or value == 0 or not -axes <= value <= axes:
        raise _strange("axis", value)
    return value if value >= -1 else axes + 1 + value


def _frame(value: Any) -> dict[str, int]:
    """The frame of a zero padding: a number, (rows, columns) or ((top, bottom), (left, right))."""
    pair = value if isinstance(value, (list, tuple)) and len(value) == 2 else (value, value)
    sides = [side if isinstance(side, (list, tuple)) else (side, side) for side in pair]
    numbers = [number for side in sides for number in side]
    if len(numbers) != 4 or not all(isinstance(number, int) for number in numbers):
        raise _strange("padding", value)
    return dict(zip(("top", "bottom", "left", "right"), numbers, strict=True))


def _check(name: str, key: str, value: Any) -> None:
    """Pass over arguments that change nothing; raise for one that does."""
    harmless = (
        key in SILENT
        or key in ("input_shape", "input_dim", "batch_input_shape", "trainable", "input_length")
        or (key.endswith(("_regularizer", "_constraint")) and value is None)
        or (key in ("kernel_constraint", "depthwise_constraint")
            and isinstance(value, Call) and snake(value.name) in ("max_norm", "maxnorm"))
        or (key.endswith("kernel_regularizer") or key == "depthwise_regularizer")
        or (key == "data_format" and value in (None, "channels_last"))
        or (key == "axis" and value in (-1, 3) and name in ("BatchNormalization", "Softmax"))
        or (key in ("center", "scale") and value is True)
        or (key in ("max_value", "negative_slope", "threshold") and value in (None, 0, 0.0))
        or (key in ("groups",) and value == 1)
        or value is None
    )  # fmt: skip
    if not harmless:
        raise StudioError(
            mark("“{argument}” of {layer} has no counterpart here; it was passed over."),
            argument=key[:60],
            layer=name,
        )


def _strange(key: str, value: Any) -> StudioError:
    return StudioError(
        mark("“{argument}” cannot be told from “{value}”; the usual value stands in its place."),
        argument=key[:60],
        value=_shown(value),
    )


def _shown(value: Any) -> str:
    """A value in a sentence."""
    if isinstance(value, Path):
        return value.name[:60]
    if isinstance(value, Call):
        return f"{value.name}(…)"[:60]
    if is_number(value) or isinstance(value, (str, bool, type(None))):
        return str(value)[:60]
    return "…"
