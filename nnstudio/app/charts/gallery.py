"""Small pictures in a grid, as large as fits; clicking one says which."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.app import heatmap, theme
from nnstudio.app.charts.figure import ink
from nnstudio.app.readout import Readout
from nnstudio.app.theme import rgb
from nnstudio.app.widgets.painting import draw_focus_ring

GAP, CAPTION = 6.0, 15.0
LARGEST = 240.0


@dataclass(frozen=True)
class Tile:
    """``levels`` (rows, columns) uint8, or (rows, columns, 3) for colours. ``kind`` is ``"ink"``
    (0 is paper) or ``"heat"`` (bytes of ``heatmap.quantize``). ``lines`` are words in place of a
    picture. ``colour`` is that of the caption."""

    levels: np.ndarray | None = None
    kind: str = "ink"
    caption: str = ""
    lines: tuple[str, ...] = ()
    chosen: bool = False
    colour: str = "muted"


def tile_image(tile: Tile) -> QImage:
    """The picture in the present theme."""
    assert tile.levels is not None
    levels = np.ascontiguousarray(tile.levels)
    if tile.kind == "heat":
        return heatmap.image(levels)
    rows, columns = levels.shape[:2]
    if levels.ndim == 3:
        made = QImage(levels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
        return made.copy()
    look = theme.current()
    paper, black = np.array(rgb(look.canvas)), np.array(rgb(look.text))
    made = QImage(levels.data, columns, rows, columns, QImage.Format.Format_Indexed8)
    shades = np.rint(paper + (black - paper) * np.arange(256)[:, None] / 255).astype(int)
    made.setColorTable([0xFF000000 | r << 16 | g << 8 | b for r, g, b in shades.tolist()])
    return made.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


class Gallery(QWidget):
    """``clicked(index)``: a tile was clicked or chosen by keyboard."""

    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles: tuple[Tile, ...] = ()
        self.reader: Callable[[int, float, float], list[tuple[str, str]]] | None = None
        self._images: dict[int, QImage] = {}
        self._readout = Readout(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        return QSize(300, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 40)

    def show_tiles(self, tiles: Sequence[Tile]) -> None:
        """Show these from now on."""
        self.tiles = tuple(tiles)
        self._images = {}
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Pictures are drawn in the theme's colours."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._images = {}
            self.update()

    # --- places ---

    def grid(self) -> tuple[int, int, float, float]:
        """(columns, rows that fit, width and height of a tile's picture)."""
        count = max(1, len(self.tiles))
        first = next((t.levels for t in self.tiles if t.levels is not None), None)
        ratio = first.shape[1] / first.shape[0] if first is not None else 1.6
        caption = CAPTION if any(t.caption for t in self.tiles) else 0.0
        best = (1, 1, 4.0, 4.0)
        for columns in range(1, count + 1):
            wide = (self.width() - GAP * (columns - 1)) / columns
            rows = math.ceil(count / columns)
            high = (self.height() - GAP * (rows - 1)) / rows - caption
            side = min(wide, high * ratio, LARGEST * max(1.0, ratio))
            if first is not None and side > first.shape[1]:
                side = math.floor(side / first.shape[1] * 2) / 2 * first.shape[1]
            if side > best[2]:
                best = (columns, rows, side, side / ratio)
        columns, rows, wide, high = best
        if wide < 20:  # too many: those that fit at a size that can be seen
            wide = min(28.0, self.width())
            high = wide / ratio
            columns = max(1, int((self.width() + GAP) / (wide + GAP)))
            rows = max(1, int((self.height() + GAP) / (high + caption + GAP)))
        return columns, rows, wide, high

    def places(self) -> list[QRectF]:
        """Where the pictures are that fit."""
        columns, rows, wide, high = self.grid()
        caption = CAPTION if any(t.caption for t in self.tiles) else 0.0
        return [
            QRectF(
                round((at % columns) * (wide + GAP)),
                round((at // columns) * (high + caption + GAP)),
                wide,
                high,
            )
            for at in range(min(len(self.tiles), columns * rows))
        ]

    def index_at(self, at: QPointF) -> int:
        """The tile under a point, or −1."""
        for index, place in enumerate(self.places()):
            if place.adjusted(0, 0, GAP, CAPTION).contains(at):
                return index
        return -1

    # --- painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme.font(11))
        metrics = painter.fontMetrics()
        middle = Qt.AlignmentFlag.AlignCenter
        for index, (tile, place) in enumerate(zip(self.tiles, self.places(), strict=False)):
            if tile.levels is not None:
                if index not in self._images:
                    self._images[index] = tile_image(tile)
                painter.drawImage(place, self._images[index])
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(ink("accent" if tile.chosen else "hairline"), 1 + tile.chosen))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            edge = 1.0 if tile.chosen else 0.5
            painter.drawRect(place.adjusted(-edge, -edge, edge, edge))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(ink("text"))
            for row, line in enumerate(tile.lines):
                spot = place.adjusted(6, 4 + row * 15, -4, 0)
                words = metrics.elidedText(line, Qt.TextElideMode.ElideRight, int(spot.width()))
                painter.drawText(spot, Qt.AlignmentFlag.AlignLeft, words)
            if tile.caption:
                painter.setPen(ink(tile.colour))
                spare = GAP / 2 - 0.5 if place.left() else 0.0  # not into the edge
                spot = QRectF(
                    place.left() - spare, place.bottom() + 1, place.width() + 2 * spare, CAPTION
                )
                words = metrics.elidedText(
                    tile.caption, Qt.TextElideMode.ElideRight, int(spot.width())
                )
                painter.drawText(spot, middle, words)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_focus_ring(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), 4)
        painter.end()

    # --- acting ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position())
        lines = []
        if index >= 0 and self.reader is not None:
            place = self.places()[index]
            across = (event.position().x() - place.left()) / place.width()
            down = (event.position().y() - place.top()) / place.height()
            lines = self.reader(index, min(across, 0.999), min(down, 0.999))
        if lines:
            self._readout.read(event.position(), lines)
        else:
            self._readout.hide()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._readout.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position())
        if index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from tile to tile."""
        columns = self.grid()[0]
        ways = {
            Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1,
            Qt.Key.Key_Down: columns, Qt.Key.Key_Up: -columns,
        }  # fmt: skip
        way = ways.get(Qt.Key(event.key()))
        if way is None or not self.tiles:
            super().keyPressEvent(event)
            return
        now = next((at for at, tile in enumerate(self.tiles) if tile.chosen), -way)
        if 0 <= now + way < len(self.tiles):
            self.clicked.emit(now + way)
