"""Layouts that people keep for themselves: panels, sizes, and whether the data column shows. No
Qt; they live in the settings as one text."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from nnstudio.core.text import StudioError, mark

#: A name may be so long, and so many layouts may be kept.
LONGEST, MOST = 40, 30
SPLITTERS = ("columns", "rows", "bottom")


@dataclass(frozen=True)
class OwnLayout:
    """``panels`` is a written ``PanelLayout``; ``sizes`` are those of the window's splitters."""

    panels: str
    data: bool
    sizes: dict[str, list[int]]


def read(text: str) -> dict[str, OwnLayout]:
    """By name; what is no layout is left out."""
    found: dict[str, OwnLayout] = {}
    try:
        kept = json.loads(text or "{}")
        for name, values in kept.items():
            sizes = {key: [int(size) for size in values["sizes"][key]] for key in SPLITTERS}
            found[str(name)[:LONGEST]] = OwnLayout(
                str(values["panels"]), bool(values["data"]), sizes
            )
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    return found


def write(layouts: dict[str, OwnLayout]) -> str:
    """As text."""
    kept = {name: asdict(layout) for name, layout in layouts.items()}
    return json.dumps(kept, ensure_ascii=False)


def with_layout(text: str, name: str, layout: OwnLayout) -> str:
    """The text with one layout more, or another one of that name; raises ``StudioError``."""
    if not name:
        raise StudioError(mark("A layout needs a name."))
    if len(name) > LONGEST:
        raise StudioError(mark("A name may have {most} letters."), most=LONGEST)
    layouts = read(text)
    if name not in layouts and len(layouts) >= MOST:
        raise StudioError(mark("There are {most} layouts already. Delete one first."), most=MOST)
    return write({**layouts, name: layout})
