"""A gallery: as many images as there are, of which only those in sight are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from nnstudio.app import theme
from nnstudio.app.backdrop import draw_message
from nnstudio.app.i18n import say
from nnstudio.app.widgets.painting import draw_focus_ring
from nnstudio.core.text import mark, tr

TILE, CAPTION, GAP = 64, 16, 8


@dataclass(frozen=True, eq=False)
class Pictures:
    """Images (n, height, width, channels), uint8 or float32 from 0 to 1, each with a caption;
    ``warm`` ones (n,) have theirs in amber."""

    x: np.ndarray
    captions: list[str]
    warm: np.ndarray | None = None


def image_of(pixels: np.ndarray) -> QImage:
    """(height, width, 1 or 3) as a picture of its own."""
    if pixels.dtype != np.uint8:
        pixels = np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    height, width, channels = pixels.shape
    if channels == 1:
        grey = np.ascontiguousarray(pixels[..., 0])
        made = QImage(grey.data, width, height, width, QImage.Format.Format_Grayscale8)
        return made.copy()
    rgb = np.ascontiguousarray(pixels[..., :3])
    return QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


class Gallery(QAbstractScrollArea):
    """``chosen`` carries a picture's place; ``opened`` the same on a double click or Enter."""

    chosen = Signal(int)
    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None, tile: int = TILE) -> None:
        super().__init__(parent)
        self.tile = tile
        self.pictures = Pictures(np.zeros((0, 1, 1, 1), np.uint8), [])
        self.current = -1
        self.empty: str = mark("There are no images here.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        say(self, name=mark("Images"))
        self.setFrameShape(self.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)

    def sizeHint(self) -> QSize:
        return QSize(420, 320)

    def show_pictures(self, pictures: Pictures) -> None:
        """Show these, from the first on."""
        self.pictures = pictures
        self.current = -1
        self.verticalScrollBar().setValue(0)
        self._measure()
        self.viewport().update()

    def set_empty(self, text: str) -> None:
        """The marked sentence that stands where there is no picture."""
        self.empty = text
        self.viewport().update()

    # --- places ---

    def columns(self) -> int:
        """How many stand side by side."""
        return max(1, (self.viewport().width() + GAP) // (self.tile + GAP))

    def row_height(self) -> int:
        """Pixels from one row to the next."""
        return self.tile + CAPTION + GAP

    def _measure(self) -> None:
        rows = -(-len(self.pictures.captions) // self.columns())
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, rows * self.row_height() - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self.row_height() // 2)

    def resizeEvent(self, event: Any) -> None:
        """Another width holds another number of columns."""
        super().resizeEvent(event)
        self._measure()

    def rect_of(self, place: int) -> QRectF:
        """Where a picture is drawn."""
        row, column = divmod(place, self.columns())
        y = row * self.row_height() - self.verticalScrollBar().value()
        return QRectF(column * (self.tile + GAP), y, self.tile, self.tile)

    def place_at(self, at: QPointF) -> int:
        """The picture under a point, −1 if there is none."""
        column = int(at.x() // (self.tile + GAP))
        row = int((at.y() + self.verticalScrollBar().value()) // self.row_height())
        place = row * self.columns() + column
        inside = 0 <= column < self.columns() and 0 <= place < len(self.pictures.captions)
        return place if inside else -1

    def visible_places(self) -> range:
        """The pictures in sight."""
        top = self.verticalScrollBar().value() // self.row_height()
        rows = self.viewport().height() // self.row_height() + 2
        first = top * self.columns()
        return range(first, min(first + rows * self.columns(), len(self.pictures.captions)))

    # --- painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        look, shown = theme.current(), self.pictures
        if not shown.captions:
            draw_message(painter, QRectF(self.viewport().rect()), tr(self.empty))
            painter.end()
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shown.x.shape[1] > 40)
        painter.setFont(theme.font(11))
        metrics = self.fontMetrics()
        for place in self.visible_places():
            rect = self.rect_of(place)
            image = image_of(shown.x[place])
            fitted = QRectF(rect)
            if image.width() != image.height():
                scale = self.tile / max(image.width(), image.height())
                fitted.setSize(QRectF(0, 0, image.width() * scale, image.height() * scale).size())
                fitted.moveCenter(rect.center())
            painter.drawImage(fitted, image)
            if place == self.current:
                painter.setPen(QPen(QColor(look.accent), 2))
                painter.drawRect(rect.adjusted(-1, -1, 1, 1))
            warm = shown.warm is not None and bool(shown.warm[place])
            painter.setPen(QColor(look.warn if warm else look.muted))
            below = QRectF(rect.left() - 3, rect.bottom() + 1, rect.width() + 6, CAPTION)
            text = metrics.elidedText(
                shown.captions[place], Qt.TextElideMode.ElideRight, int(below.width())
            )
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)
        if self.hasFocus() and self.current < 0:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_focus_ring(painter, QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1), 6)
        painter.end()

    # --- choosing ---

    def choose(self, place: int) -> None:
        """Choose a picture, and bring it into sight."""
        if not 0 <= place < len(self.pictures.captions):
            return
        self.current = place
        rect, bar = self.rect_of(place), self.verticalScrollBar()
        if rect.top() < 0:
            bar.setValue(int(bar.value() + rect.top()))
        elif rect.bottom() + CAPTION > self.viewport().height():
            bar.setValue(int(bar.value() + rect.bottom() + CAPTION - self.viewport().height()))
        self.viewport().update()
        self.chosen.emit(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.choose(self.place_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place >= 0:
            self.opened.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self.columns(),
            Qt.Key.Key_Down: self.columns(),
        }
        key = Qt.Key(event.key())
        if key in steps:
            self.choose(max(0, self.current + steps[key]) if self.current >= 0 else 0)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current >= 0:
            self.opened.emit(self.current)
        else:
            super().keyPressEvent(event)
