"""What the hint beside the pointer says: what a link weighs, what a unit is. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnstudio.app.canvas.columns import Column, unit_text
from nnstudio.app.canvas.hits import Hit
from nnstudio.app.canvas.measure import Picture
from nnstudio.app.canvas.slopes import Slopes
from nnstudio.core.shapes import is_within
from nnstudio.core.text import tr


@dataclass(frozen=True, eq=False)
class Words:
    """A hint: a word and its bold value, lines below, and perhaps a large picture."""

    head: str
    value: str = ""
    detail: str = ""
    pixels: np.ndarray | None = None

    def is_same(self, other: Words | None) -> bool:
        """Whether there is nothing new to show; a picture always is."""
        return other is not None and self.pixels is None and self.text == other.text

    @property
    def text(self) -> str:
        """All of it in one line, for tests and screen readers."""
        return " / ".join(
            part
            for part in (f"{self.head} {self.value}".strip(), *self.detail.splitlines())
            if part
        )


def signed(value: float) -> str:
    """A number with its sign: ``+0.82``, ``−1.31``."""
    digits = 2 if abs(value) >= 0.1 or value == 0 else 4
    return f"{value:+.{digits}f}".replace("-", "−")


def number_at(
    picture: Picture | None, node: str, name: str, index: tuple[int, ...]
) -> float | None:
    """One number of a parameter, if the picture has it."""
    found = picture.parameters.get((node, name)) if picture is not None else None
    return float(found[index]) if found is not None and is_within(index, found.shape) else None


def change_text(
    picture: Picture | None, before: Picture | None, node: str, name: str, index: tuple[int, ...]
) -> str:
    """How a number has changed since the picture before: ``+0.0012 in 3 steps``."""
    now, then = number_at(picture, node, name, index), number_at(before, node, name, index)
    if now is None or then is None or picture is None or before is None:
        return ""
    if picture.step <= before.step or picture.network != before.network:
        return ""
    steps = picture.step - before.step
    words = tr("in 1 step") if steps == 1 else tr("in {n} steps", n=f"{steps:,}")
    return f"{small(now - then)} {words}"


def small(value: float) -> str:
    """A number that may be tiny, with its sign: ``+0.0012``, ``−3.1e−7``."""
    return f"{value:+.2g}".replace("-", "−")


def slope_text(column: Column, slopes: Slopes | None, name: str, index: tuple[int, ...]) -> str:
    """The gradient of the loss by one number: ``Gradient −0.012 over 64 examples``."""
    if column.frozen:
        return tr("frozen: its weights stay")
    found = slopes.at(column.id, name, index) if slopes is not None else None
    if found is None or slopes is None:
        return ""
    return tr("Gradient {value} over {n} examples", value=small(found), n=f"{slopes.examples:,}")


def joined(*parts: str) -> str:
    """What there is of some parts, in one line."""
    return "  ·  ".join(part for part in parts if part)


def lines(*found: str) -> str:
    """What there is of some lines."""
    return "\n".join(line for line in found if line)


def asked_of(hit: Hit, columns: dict[str, Column]) -> tuple[str, ...]:
    """The layers whose gradients say something about what is pointed at."""
    column = columns.get(hit.node)
    if column is None or hit.kind not in ("link", "unit", "block", "card"):
        return ()
    return column.members if hit.kind == "card" else (hit.node,)


def words_for(
    hit: Hit,
    columns: dict[str, Column],
    picture: Picture | None,
    before: Picture | None = None,
    slopes: Slopes | None = None,
) -> Words | None:
    """What to say about the thing under the pointer, or None; ``before`` is an earlier picture,
    ``slopes`` are the gradients of what ``asked_of`` names, once they are known."""
    if hit.kind == "route":
        return _route_words(hit, columns)
    if hit.kind == "frame":
        return Words(tr("Fold the block"))
    column = columns.get(hit.node)
    if column is None:
        return None
    if hit.kind == "link":
        index = (hit.source_index, hit.index)
        value = number_at(picture, hit.node, hit.parameter, index)
        source = unit_text(columns[hit.source], hit.source_index)
        path = f"{source} → {unit_text(column, hit.index)}"
        shown = signed(value) if value is not None else "—"
        live = joined(
            slope_text(column, slopes, hit.parameter, index),
            change_text(picture, before, hit.node, hit.parameter, index),
        )
        return Words(tr("Weight"), shown, lines(live, joined(path, tr("click to edit"))))
    if hit.kind == "unit":
        return _unit_words(hit, column, picture, before, slopes)
    if hit.kind in ("card", "badge"):
        return _card_words(hit, column, slopes)
    if hit.kind == "port":
        return Words(tr("Drag to connect this layer to another one"))
    if hit.kind == "fold":
        return Words(tr("Unfold") if column.is_folded else tr("Fold the layer"))
    if hit.kind == "block":
        return _block_words(hit, column, picture, slopes)
    if hit.kind == "insert":
        return Words(tr("Insert a layer"))
    if hit.kind == "plus":
        return Words(tr("More units"))
    if hit.kind == "minus":
        return Words(tr("Fewer units"))
    return None


def _route_words(hit: Hit, columns: dict[str, Column]) -> Words | None:
    for column in columns.values():
        for source, edge, flow in zip(column.inputs, column.edges, column.flows, strict=True):
            if edge == (hit.node, hit.target):
                path = f"{columns[source].title} → {column.title}"
                return Words(path, flow, tr("Click to select, Delete removes it"))
    return None


def _card_words(hit: Hit, column: Column, slopes: Slopes | None) -> Words | None:
    """What a layer costs, and how large its weights and their gradient are; or, on its badge, what
    would be wiser."""
    if hit.kind == "badge":
        return Words(tr("Advice"), "", tr("Click to read it"))
    if not column.costs:
        return None
    if column.frozen:
        return Words(column.costs, "", tr("frozen: its weights stay"))
    sizes = slopes.sizes(column.members) if slopes is not None else None
    if sizes is None:
        return Words(column.costs)
    weights, gradients = (f"{size:.2g}".replace("-", "−") for size in sizes)
    text = tr("Weights ±{weights}  ·  gradient ±{gradients}", weights=weights, gradients=gradients)
    return Words(column.costs, "", text)


def _unit_words(
    hit: Hit,
    column: Column,
    picture: Picture | None,
    before: Picture | None,
    slopes: Slopes | None,
) -> Words:
    name = unit_text(column, hit.index)
    title = f"{column.title.split(' · ')[0]}, {name}" if column.movable else name
    pixels = picture.thumbnails.get(column.id) if picture is not None else None
    large = None
    if pixels is not None and pixels.ndim == 3 and hit.index < len(pixels):
        large = pixels[hit.index] if pixels.shape[1] > 1 else None
    bias = number_at(picture, column.id, "bias", (hit.index,))
    values = picture.values.get(column.id) if picture is not None else None
    if values is not None and hit.index < len(values):
        title = f"{title}  {signed(float(values[hit.index]))}"
    if bias is None:
        return Words(title, pixels=large)
    live = joined(
        slope_text(column, slopes, "bias", (hit.index,)),
        change_text(picture, before, column.id, "bias", (hit.index,)),
    )
    shown = joined(f"{tr('Bias')} {signed(bias)}", tr("click to edit"))
    return Words(title, "", lines(shown, live), large)


def _of_unit(column: Column, index: int, slopes: Slopes | None) -> str:
    """The bias, its gradient, and that of what enters a unit that is too many to draw links to."""
    if column.frozen:
        return tr("frozen: its weights stay")
    if slopes is None:
        return ""
    bias = slopes.value(column.id, "bias", (index,))
    sizes = slopes.unit_sizes.get(column.id)
    entering = ""
    if sizes is not None and index < len(sizes):
        size = f"{sizes[index]:.2g}".replace("-", "−")
        entering = tr("Gradient of its weights ±{size}", size=size)
    shown = f"{tr('Bias')} {signed(bias)}" if bias is not None else ""
    return lines(joined(shown, slope_text(column, slopes, "bias", (index,))), entering)


def _block_words(
    hit: Hit, column: Column, picture: Picture | None, slopes: Slopes | None
) -> Words | None:
    if column.kind == "image":
        return Words(tr("Example from the validation data"), "", tr("Click for the next example"))
    values = picture.values.get(column.id) if picture is not None else None
    if hit.index < 0:
        return None
    more = _of_unit(column, hit.index, slopes)
    if column.kind == "bars" and values is not None and hit.index < len(values):
        share = f"{float(values[hit.index]) * 100:.1f} %"
        detail = lines(more, tr("Click for the next example"))
        return Words(unit_text(column, hit.index), share, detail)
    name = unit_text(column, hit.index)
    if column.kind == "tiles" and picture is not None:
        pixels = picture.thumbnails.get(column.id)
        large = pixels[hit.index] if pixels is not None and hit.index < len(pixels) else None
        return Words(name, "", more, large)
    if values is not None and hit.index < len(values):
        return Words(name, signed(float(values[hit.index])), more)
    return Words(name, "", more)
