"""Pictures of any size and kind into one array: bounded, seeded, and told what was left out.

Where a picture comes from (a folder, an archive) is the reader's business: it gives ``Entry``s
with a path inside and a function that reads the bytes. Class and part follow from the path.
"""

from __future__ import annotations

import io
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from nnstudio.core.recipes.recipe import ImageRecipe
from nnstudio.core.recipes.splitting import WORDS
from nnstudio.core.sampling import generator
from nnstudio.core.sources.columns import shorten, sort_values
from nnstudio.core.sources.raw import MOST_STACK_BYTES, TRAIN, RawStack, too_large
from nnstudio.core.sources.reading import Options
from nnstudio.core.sources.watching import progress
from nnstudio.core.text import StudioError, mark, tr

ENDINGS = frozenset(
    {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"}
)
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
#: What one picture may have, and how many there may be.
MOST_PIXELS = 50_000_000
MOST_FILE = 64_000_000
MOST_PICTURES = 500_000
#: Pictures that are looked at to choose size and colour, and shown at a first look.
SOME = 200
#: The share of pictures that may be damaged; more of them is an error.
DAMAGED_SHARE = 0.05
#: The longest side that is kept as it is; other pictures become this large or half as large.
LARGEST, LARGE, SMALL = 128, 64, 32


@dataclass(frozen=True)
class Entry:
    """A picture: its path inside the folder or archive, and how to read its bytes."""

    path: str
    read: Callable[[], bytes]


def is_picture(path: str) -> bool:
    """Whether a file is meant to be a picture, by its name; hidden files are not."""
    parts = PurePosixPath(path).parts
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return not hidden and PurePosixPath(path).suffix.lower() in ENDINGS


def stack_pictures(name: str, entries: Sequence[Entry], options: Options) -> RawStack:
    """All pictures at one size. Raises ``StudioError`` if there are none, or too many damaged."""
    if not entries:
        raise StudioError(
            mark(
                "“{name}” holds no pictures. Give each class a folder of its own with PNG or JPEG "
                "files in it."
            ),
            name=name,
        )
    if len(entries) > MOST_PICTURES:
        raise too_large(name, len(entries), MOST_PICTURES)
    entries = sorted(entries, key=lambda entry: entry.path)
    wanted = SOME if options.first else options.sample
    if wanted and wanted < len(entries):
        random = generator(options.seed, 9)
        chosen = np.sort(random.choice(len(entries), wanted, replace=False))
        entries = [entries[place] for place in chosen]
    paths = [PurePosixPath(entry.path).parts for entry in entries]
    classes, labels, parts, stray = _classes(paths)
    kept = [place for place in range(len(entries)) if place not in stray]
    shape = _shape(name, [entries[place] for place in kept], options.images)
    size = len(kept) * int(np.prod(shape))
    if size > MOST_STACK_BYTES:
        raise too_large(name, len(kept), int(len(kept) * MOST_STACK_BYTES / size) // 1000 * 1000)
    x = np.empty((len(kept), *shape), np.uint8)
    good: list[int] = []
    damaged: list[str] = []
    for done, place in enumerate(kept):
        try:
            x[len(good)] = fitted(open_picture(entries[place].read()), shape, options.images.fit)
            good.append(place)
        except StudioError:
            raise
        except Exception:
            damaged.append(entries[place].path)
            if len(damaged) > max(0, DAMAGED_SHARE * len(kept)):
                raise _damaged(damaged[0], name) from None
        if done % 50 == 0:
            progress(done / len(kept))
    rows = np.array(good, np.int64)
    return RawStack(
        name,
        x[: len(good)],
        None if labels is None else labels[rows],
        classes,
        tuple(entries[place].path for place in good),
        _notes(damaged, stray, entries),
        None if parts is None else parts[rows],
    )


def _notes(damaged: list[str], stray: set[int], entries: Sequence[Entry]) -> tuple[str, ...]:
    notes = []
    if damaged:
        notes.append(
            tr(
                "{count} damaged pictures are left out, such as “{name}”.",
                count=len(damaged),
                name=shorten(damaged[0]),
            )
        )
    if stray:
        first = entries[min(stray)].path
        notes.append(
            tr(
                "{count} pictures outside any class's folder are left out, such as “{name}”.",
                count=len(stray),
                name=shorten(first),
            )
        )
    return tuple(notes)


def _damaged(path: str, name: str) -> StudioError:
    return StudioError(
        mark(
            "The picture “{path}” in “{name}” is damaged or too large. Delete it, or get a fresh "
            "copy of it."
        ),
        path=shorten(path),
        name=name,
    )


def _classes(
    paths: list[tuple[str, ...]],
) -> tuple[tuple[str, ...], np.ndarray | None, np.ndarray | None, set[int]]:
    """Classes, each picture's class and part (or None), and which stand outside any class."""
    while all(len(path) > 2 for path in paths) and len({path[0] for path in paths}) == 1:
        paths = [path[1:] for path in paths]  # the folder that was packed
    tops = {path[0].lower() for path in paths if len(path) > 1}
    parts = None
    if tops and tops <= set(WORDS) and all(len(path) != 2 for path in paths):
        parts = np.array(
            [WORDS[path[0].lower()] if len(path) > 1 else TRAIN for path in paths], np.int8
        )
        paths = [path[1:] for path in paths]
    names = [path[0] if len(path) > 1 else None for path in paths]
    stray = {place for place, name in enumerate(names) if name is None}
    if len(stray) == len(paths):
        return (), None, parts, set()
    classes = sort_values({name for name in names if name is not None})
    order = {name: place for place, name in enumerate(classes)}
    labels = np.array([order.get(name or "", -1) for name in names], np.int32)
    return classes, labels, parts, stray


def open_picture(raw: bytes) -> Any:
    """A decoded Pillow image, upright, without transparency: mode L or RGB.

    Raises Pillow's errors, ``OSError`` or ``ValueError`` for anything damaged or too large.
    """
    from PIL import Image, ImageOps

    if len(raw) > MOST_FILE:
        raise ValueError("too large")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image: Any = Image.open(io.BytesIO(raw), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS or 0 in image.size:
            raise ValueError("too large")
        image.load()
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits and more
        values = np.asarray(image, np.float64)
        top = 255.0 if values.max() <= 255 else 65535.0
        return Image.fromarray(np.clip(values * (255 / top), 0, 255).astype(np.uint8))
    if image.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image)
        grey = image.convert("L")
        return grey if _colourless(np.asarray(image)[..., :3]) else image.convert("RGB")
    if image.mode in ("1", "L"):
        return image.convert("L")
    return image.convert("RGB")


def fitted(image: Any, shape: tuple[int, ...], fit: str = "stretch") -> np.ndarray:
    """An image as (height, width, channels) uint8."""
    from PIL import Image, ImageOps

    height, width, channels = shape
    image = image.convert("L" if channels == 1 else "RGB")
    if image.size != (width, height):
        how = Image.Resampling.BILINEAR  # Pillow's also averages where it shrinks
        if fit == "crop":
            image = ImageOps.fit(image, (width, height), how)
        elif fit == "pad":
            image = ImageOps.pad(image, (width, height), how)
        else:
            image = image.resize((width, height), how)
    return np.asarray(image, np.uint8).reshape(shape)


def _colourless(pixels: np.ndarray) -> bool:
    """Whether (…, 3) pixels are grey, but for what JPEG adds."""
    spread = pixels.max(axis=-1).astype(np.int16) - pixels.min(axis=-1)
    return bool((spread <= 12).mean() > 0.999)


def _shape(name: str, entries: Sequence[Entry], how: ImageRecipe) -> tuple[int, int, int]:
    """Height, width and channels that the recipe says, or that some of the pictures suggest."""
    height, width = how.size
    channels = {"grey": 1, "colour": 3}.get(how.colour, 0)
    if height and width and channels:
        return height, width, channels
    sizes: Counter[tuple[int, int]] = Counter()
    grey = True
    step = max(1, len(entries) // SOME)
    for entry in entries[::step][:SOME]:
        progress(0.0)
        try:
            image = open_picture(entry.read())
        except StudioError:
            raise
        except Exception:
            continue
        sizes[image.size] += 1
        grey = grey and (image.mode == "L" or _colourless(np.asarray(image)))
    if not sizes:
        raise _damaged(entries[0].path, name)
    if not (height and width):
        (wide, high), _ = sizes.most_common(1)[0]
        if len(sizes) == 1 and max(wide, high) <= LARGEST:
            height, width = high, wide
        else:
            longest = sorted(max(size) for size in sizes.elements())
            height = width = SMALL if longest[len(longest) // 2] <= 40 else LARGE
    return height, width, channels or (1 if grey else 3)
