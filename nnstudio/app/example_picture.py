"""An example as something to look at: a picture, or its numbers by name."""

from __future__ import annotations

import numpy as np

from nnstudio.app.feature_names import input_names
from nnstudio.app.figures import plain_text
from nnstudio.core.data import Data
from nnstudio.core.text import named

#: Colours of a picture as bytes, or None.
Levels = np.ndarray | None


def is_picture(data: Data) -> bool:
    """Whether examples are grey or coloured pictures."""
    return len(data.shape) == 3 and data.shape[2] in (1, 3) and min(data.shape[:2]) >= 2


def levels_of(data: Data, x: np.ndarray) -> Levels:
    """A picture (h, w) or (h, w, 3) uint8 of one example as the data holds it; None for others."""
    if not is_picture(data):
        return None
    if x.dtype != np.uint8:
        low, high = float(x.min()), float(x.max())
        x = np.rint((x - low) / max(high - low, 1e-9) * 255).astype(np.uint8)
    return x[..., 0] if x.shape[2] == 1 else x


def lines_of(data: Data, x: np.ndarray, most: int = 6) -> tuple[str, ...]:
    """The first numbers of an example by name."""
    flat = x.reshape(-1)
    names = input_names(data)
    shown = [
        f"{names[at] if at < len(names) else f'x{at + 1}'} {plain_text(float(flat[at]))}"
        for at in range(min(len(flat), most))
    ]
    return tuple(shown)


def target_text(data: Data, y: np.ndarray) -> str:
    """The true class or value of an example, in words."""
    if data.task == "classification":
        return named(data.classes[int(y[0])])
    values = data.in_units(np.asarray(y, float))
    return ", ".join(plain_text(float(v)) for v in values[:3])


def output_text(data: Data, output: np.ndarray, probabilities: np.ndarray | None) -> str:
    """What the network says, in words."""
    if probabilities is not None:
        best = int(probabilities.argmax())
        return f"{named(data.classes[best])} ({probabilities[best] * 100:.0f} %)"
    values = data.in_units(np.asarray(output, float))
    return ", ".join(plain_text(float(v)) for v in values[:3])
