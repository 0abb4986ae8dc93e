"""Symbols that a person draws: a collection of small pictures with a class for each page.

A collection is kept as a zip with a folder of PNG files for each class, so that the door for
people's own data opens it (``OwnImages.v1``), and so does every other program. Immutable: an edit
gives a new collection; ``save`` replaces the file in one step.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from nnstudio.core import atomic
from nnstudio.core.recipes.recipe import ImageRecipe, Recipe
from nnstudio.core.sources import reading
from nnstudio.core.sources.raw import RawStack
from nnstudio.core.text import StudioError, mark

SIDE = 28
MOST_CLASSES, MOST_SYMBOLS = 200, 20_000
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


@dataclass(frozen=True, eq=False)
class Symbols:
    """Pages in order: a class's name and its pictures, each (n, side, side) uint8, white on black
    as MNIST's are."""

    pages: tuple[tuple[str, np.ndarray], ...] = ()
    side: int = SIDE

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the pages."""
        return tuple(name for name, _ in self.pages)

    def __len__(self) -> int:
        return sum(len(images) for _, images in self.pages)

    def page(self, name: str) -> np.ndarray:
        """The pictures of a class, (n, side, side)."""
        return dict(self.pages)[name]

    def with_page(self, name: str) -> Symbols:
        """With another, empty page; raises ``StudioError`` for an unfit name."""
        name = " ".join(name.split())
        if not name or len(name) > 60 or _UNSAFE.search(name) or name.startswith("."):
            raise StudioError(
                mark("A class cannot be called “{name}”. Use letters, digits and spaces."),
                name=name[:60],
            )
        if name.lower() in {known.lower() for known in self.classes}:
            raise StudioError(mark("There is a class “{name}” already."), name=name)
        if len(self.pages) >= MOST_CLASSES:
            raise StudioError(
                mark("There are {most} classes; that is the most."), most=MOST_CLASSES
            )
        empty = np.zeros((0, self.side, self.side), np.uint8)
        return replace(self, pages=(*self.pages, (name, empty)))

    def without_page(self, name: str) -> Symbols:
        """Without a class and its pictures."""
        return replace(self, pages=tuple(page for page in self.pages if page[0] != name))

    def renamed(self, name: str, new: str) -> Symbols:
        """With another name for a class."""
        if name == new:
            return self
        sound = self.without_page(name).with_page(new).classes[-1]
        return replace(
            self, pages=tuple((sound if n == name else n, images) for n, images in self.pages)
        )

    def with_symbol(self, name: str, image: np.ndarray) -> Symbols:
        """With one more picture (side, side), uint8 or 0..1, on a class's page."""
        if len(self) >= MOST_SYMBOLS:
            raise StudioError(
                mark("There are {most} drawings; that is the most."), most=f"{MOST_SYMBOLS:,}"
            )
        pixels = np.asarray(image)
        if pixels.dtype != np.uint8:
            pixels = np.clip(np.round(pixels * 255), 0, 255).astype(np.uint8)
        pixels = pixels.reshape(1, self.side, self.side)
        return replace(
            self,
            pages=tuple(
                (n, np.concatenate([images, pixels]) if n == name else images)
                for n, images in self.pages
            ),
        )

    def without_symbol(self, name: str, place: int) -> Symbols:
        """Without one picture of a class."""
        return replace(
            self,
            pages=tuple(
                (n, np.delete(images, place, axis=0) if n == name else images)
                for n, images in self.pages
            ),
        )

    def to_bytes(self) -> bytes:
        """The zip's bytes; equal collections give equal bytes."""
        from PIL import Image

        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as file:
            for name, images in self.pages:
                file.writestr(zipfile.ZipInfo(f"{name}/"), b"")
                for number, pixels in enumerate(images):
                    picture = io.BytesIO()
                    Image.fromarray(pixels).save(picture, "PNG")
                    file.writestr(zipfile.ZipInfo(f"{name}/{number:05d}.png"), picture.getvalue())
        return buffer.getvalue()

    def save(self, path: str | Path) -> None:
        """Write the collection; raises ``StudioError`` and leaves the old file if it cannot."""
        atomic.write(path, self.to_bytes())


def read_symbols(path: str | Path) -> Symbols:
    """The collection in a zip or folder of pictures; raises ``StudioError``."""
    recipe = Recipe(images=ImageRecipe((SIDE, SIDE), "grey"))
    names = _page_names(Path(path))
    empty = np.zeros((0, SIDE, SIDE), np.uint8)
    try:
        raw: Any = reading.read(path, recipe)
    except StudioError:
        if not names:
            raise
        return Symbols(tuple((name, empty) for name in names))
    if not isinstance(raw, RawStack) or raw.labels is None:
        raise StudioError(mark("“{name}” is no collection of drawings."), name=Path(path).name)
    found = {name: raw.x[raw.labels == place, :, :, 0] for place, name in enumerate(raw.classes)}
    ordered = [name for name in names if name in found or not found]
    ordered += [name for name in found if name not in ordered]
    ordered += [name for name in names if name not in ordered]
    return Symbols(tuple((name, found.get(name, empty)) for name in ordered))


def _page_names(path: Path) -> list[str]:
    """The pages of a collection's zip, in order, also those that are empty."""
    try:
        with zipfile.ZipFile(path) as file:
            names = [info.filename for info in file.infolist()[: MOST_CLASSES * 200]]
    except (OSError, zipfile.BadZipFile, ValueError):
        return []
    pages = [name.rstrip("/") for name in names if name.endswith("/") and name.count("/") == 1]
    return pages[:MOST_CLASSES]
