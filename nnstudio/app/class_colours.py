"""The colours of classes: orange and blue as everywhere, then four more that neither eye nor
projector takes for them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtGui import QImage

from nnstudio.app import theme
from nnstudio.app.theme import Theme, rgb

#: After the theme's negative and positive: purple, cyan, pink, brown; for light and for dark.
MORE = {
    False: ("#7d5ab5", "#2fb6c9", "#d65d9e", "#8a6244"),
    True: ("#a482dc", "#4fcfe0", "#ea7fb8", "#b58a68"),
}
#: Shades between nothing and a class' full colour.
SHADES = 32


def class_colours(look: Theme | None = None) -> tuple[str, ...]:
    """``#rrggbb`` of the classes in order; further ones begin again."""
    look = look or theme.current()
    return (look.negative, look.positive, *MORE[look.dark])


def class_colour(number: int) -> str:
    """The colour of a class."""
    colours = class_colours()
    return colours[number % len(colours)]


def class_levels(shares: np.ndarray, *, discretize: bool = False) -> np.ndarray:
    """Probabilities (rows, columns, classes) as bytes: which class wins, and how clearly.

    The colour is full where the winner is certain, and nothing where all classes are equal.
    """
    classes = shares.shape[2]
    winner = shares.argmax(2)
    most = np.take_along_axis(shares, winner[..., None], 2)[..., 0]
    clear = np.clip((most - 1 / classes) / (1 - 1 / classes), 0, 1)
    shade = np.full(winner.shape, SHADES - 1) if discretize else np.rint(clear * (SHADES - 1))
    known = len(class_colours())
    levels = (winner % known) * SHADES + shade
    return np.where(np.isfinite(shares).all(2), levels, known * SHADES).astype(np.uint8)


@lru_cache(maxsize=4)
def _table(look: Theme) -> list[int]:
    zero = np.array(rgb(look.zero), float)
    made = []
    for colour in class_colours(look):
        for shade in range(SHADES):
            mixed = np.rint(zero + (np.array(rgb(colour)) - zero) * shade / (SHADES - 1))
            red, green, blue = (int(part) for part in mixed)
            made.append(0xFF000000 | red << 16 | green << 8 | blue)
    return made + [0] * (256 - len(made))


def class_image(levels: np.ndarray) -> QImage:
    """Bytes of ``class_levels`` as a picture in the present theme."""
    rows, columns = levels.shape
    levels = np.ascontiguousarray(levels)
    made = QImage(levels.data, columns, rows, columns, QImage.Format.Format_Indexed8)
    made.setColorTable(_table(theme.current()))
    return made.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
