"""The dark hint beside the pointer: what a link weighs, what a unit is. Words and widget."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.app import theme
from nnstudio.app.canvas.columns import Column, unit_text
from nnstudio.app.canvas.hits import Hit
from nnstudio.app.canvas.lettering import Lettering
from nnstudio.app.canvas.live import as_image
from nnstudio.app.canvas.measure import Picture
from nnstudio.core.text import tr

PREVIEW = 96.0


@dataclass(frozen=True, eq=False)
class Words:
    """A hint: a word and its bold value, a line below, and perhaps a large picture."""

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
            part for part in (f"{self.head} {self.value}".strip(), self.detail) if part
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
    if found is None or len(index) != found.ndim:
        return None
    if any(i >= n for i, n in zip(index, found.shape, strict=True)):
        return None
    return float(found[index])


def change_text(
    picture: Picture | None, before: Picture | None, node: str, name: str, index: tuple[int, ...]
) -> str:
    """How a number has changed since the picture before: `` · last change +0.0012``."""
    now, then = number_at(picture, node, name, index), number_at(before, node, name, index)
    if now is None or then is None or picture is None or before is None:
        return ""
    if picture.step <= before.step or picture.network != before.network:
        return ""
    change = f"{now - then:+.2g}".replace("-", "−")
    steps = picture.step - before.step
    words = tr("in 1 step") if steps == 1 else tr("in {n} steps", n=f"{steps:,}")
    return f"{change} {words}  ·  "


def words_for(
    hit: Hit, columns: dict[str, Column], picture: Picture | None, before: Picture | None = None
) -> Words | None:
    """What to say about the thing under the pointer, or None; ``before`` is an earlier picture."""
    if hit.kind == "route":
        return _route_words(hit, columns)
    if hit.kind == "frame":
        return Words(tr("Fold the block"))
    column = columns.get(hit.node)
    if column is None:
        return None
    if hit.kind == "link":
        value = number_at(picture, hit.node, hit.parameter, (hit.source_index, hit.index))
        source = unit_text(columns[hit.source], hit.source_index)
        path = f"{source} → {unit_text(column, hit.index)}"
        shown = signed(value) if value is not None else "—"
        changed = change_text(
            picture, before, hit.node, hit.parameter, (hit.source_index, hit.index)
        )
        return Words(tr("Weight"), shown, f"{changed}{path}  ·  {tr('click to edit')}")
    if hit.kind == "unit":
        return _unit_words(hit, column, picture, before)
    if hit.kind in ("card", "badge"):
        return _card_words(hit, column)
    if hit.kind == "port":
        return Words(tr("Drag to connect this layer to another one"))
    if hit.kind == "fold":
        return Words(tr("Unfold") if column.is_folded else tr("Fold the layer"))
    if hit.kind == "block":
        return _block_words(hit, column, picture)
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


def _card_words(hit: Hit, column: Column) -> Words | None:
    """What a layer costs; or, on its badge, what would be wiser."""
    if hit.kind == "badge":
        return Words(tr("Advice"), "", tr("Click to read it"))
    if not column.costs:
        return None
    return Words(column.costs, "", tr("frozen: its weights stay") if column.frozen else "")


def _unit_words(hit: Hit, column: Column, picture: Picture | None, before: Picture | None) -> Words:
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
    changed = change_text(picture, before, column.id, "bias", (hit.index,))
    detail = f"{tr('Bias')} {signed(bias)}  ·  {changed}{tr('click to edit')}"
    return Words(title, "", detail, large)


def _block_words(hit: Hit, column: Column, picture: Picture | None) -> Words | None:
    if column.kind == "image":
        return Words(tr("Example from the validation data"), "", tr("Click for the next example"))
    values = picture.values.get(column.id) if picture is not None else None
    if hit.index < 0:
        return None
    if column.kind == "bars" and values is not None and hit.index < len(values):
        share = f"{float(values[hit.index]) * 100:.1f} %"
        return Words(unit_text(column, hit.index), share, tr("Click for the next example"))
    name = unit_text(column, hit.index)
    if column.kind == "tiles" and picture is not None:
        pixels = picture.thumbnails.get(column.id)
        large = pixels[hit.index] if pixels is not None and hit.index < len(pixels) else None
        return Words(name, pixels=large)
    if values is not None and hit.index < len(values):
        return Words(name, signed(float(values[hit.index])))
    return Words(name)


class Hint(QWidget):
    """Shows words in the tooltip's colours, above everything, never in the pointer's way."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words: Words | None = None
        self._text = Lettering(self.font())
        self.hide()

    def show_at(self, words: Words, x: float, y: float) -> None:
        """Show beside a point of the parent, within its edges."""
        self._text = Lettering(self.font())
        self.words = words
        size = self._size(words)
        self.resize(size)
        parent = self.parentWidget()
        assert parent is not None
        left = x + 14 if x + 14 + size.width() < parent.width() - 4 else x - 14 - size.width()
        top = y + 16 if y + 16 + size.height() < parent.height() - 4 else y - 12 - size.height()
        self.move(max(4, round(left)), max(4, round(top)))
        self.show()
        self.raise_()
        self.update()

    def _size(self, words: Words) -> QSize:
        s = self._text.scale
        head = QFontMetricsF(self._text.small).horizontalAdvance(words.head + " ")
        head += QFontMetricsF(self._text.title).horizontalAdvance(words.value)
        width = max(head, self._text.width(words.detail)) + 20 * s
        height = (18 + (18 if words.detail else 0) + 12) * s
        if words.pixels is not None:
            width = max(width, (PREVIEW + 20) * s)
            height += (PREVIEW + 8) * s
        return QSize(round(width), round(height))

    def paintEvent(self, event: QPaintEvent) -> None:
        words = self.words
        if words is None:
            return
        s, look = self._text.scale, theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.tooltip))
        painter.drawRoundedRect(QRectF(self.rect()), 6 * s, 6 * s)
        left, y = 10 * s, 6 * s
        painter.setPen(QPen(QColor(look.on_tooltip)))
        painter.setFont(self._text.small)
        line = QRectF(left, y, self.width(), 18 * s)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, middle, words.head)
        if words.value:
            line.setX(left + QFontMetricsF(self._text.small).horizontalAdvance(words.head + " "))
            painter.setFont(self._text.title)
            painter.drawText(line, middle, words.value)
            painter.setFont(self._text.small)
        y += 18 * s
        if words.detail:
            painter.drawText(QRectF(left, y, self.width(), 18 * s), middle, words.detail)
            y += 18 * s
        if words.pixels is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            area = QRectF(
                QPointF(left, y + 4 * s), QPointF(left + PREVIEW * s, y + (PREVIEW + 4) * s)
            )
            painter.drawImage(area, as_image(np.ascontiguousarray(words.pixels)))
        painter.end()
