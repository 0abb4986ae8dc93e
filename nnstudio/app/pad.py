"""The square one draws in: soft ink on paper, by mouse, pen or finger."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.analysis.centring import resample
from nnstudio.app import theme
from nnstudio.app.backdrop import draw_card, draw_message
from nnstudio.app.theme import rgb
from nnstudio.app.widgets.painting import draw_focus_ring
from nnstudio.core.text import tr

#: The drawing is kept this much finer than the picture that the network sees.
FINE = 4
#: Half the width of a stroke and its soft edge, in pixels of the picture, for a side of 28.
PEN, EDGE = 1.15, 0.9
MARGIN = 6.0


def stroke(ink: np.ndarray, begin: tuple[float, float], end: tuple[float, float], pen: float,
           edge: float) -> None:  # fmt: skip
    """Draw a line from (x, y) to (x, y) into ``ink`` (h, w) in place: full ink within ``pen`` of
    the line, fading over ``edge``; where there is more ink already, it stays."""
    reach = pen + edge + 1
    rows, columns = ink.shape
    top = max(0, int(min(begin[1], end[1]) - reach))
    left = max(0, int(min(begin[0], end[0]) - reach))
    bottom = min(rows, int(max(begin[1], end[1]) + reach) + 1)
    right = min(columns, int(max(begin[0], end[0]) + reach) + 1)
    if top >= bottom or left >= right:
        return
    y = np.arange(top, bottom)[:, None] + 0.5
    x = np.arange(left, right)[None, :] + 0.5
    dx, dy = end[0] - begin[0], end[1] - begin[1]
    length = dx * dx + dy * dy
    along = ((x - begin[0]) * dx + (y - begin[1]) * dy) / length if length > 0 else 0.0 * x * y
    along = np.clip(along, 0.0, 1.0)
    away = np.hypot(x - begin[0] - along * dx, y - begin[1] - along * dy)
    fresh = np.clip((pen + edge - away) / edge, 0.0, 1.0)
    part = ink[top:bottom, left:right]
    np.maximum(part, fresh, out=part)


class Pad(QWidget):
    """Draw with the left button, rub out with the right one; Esc clears.

    ``ink`` is the fine drawing, 0 paper to 1 ink; ``changed`` tells of every change by hand.
    While ``inviting``, the picture on the pad is only there to begin with: the first stroke takes
    a new sheet.
    """

    changed = Signal()
    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = self.columns = 28
        self.ink = np.zeros((28 * FINE, 28 * FINE), np.float32)
        self._last: tuple[float, float] | None = None
        self.inviting = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        return QSize(150, 150)

    def minimumSizeHint(self) -> QSize:
        return QSize(84, 84)

    def reset(self, rows: int, columns: int) -> None:
        """Blank paper for pictures of a size."""
        self.rows, self.columns = rows, columns
        self.ink = np.zeros((rows * FINE, columns * FINE), np.float32)
        self._last = None
        self.inviting = False
        self.update()

    def show_picture(self, picture: np.ndarray, *, inviting: bool = False) -> None:
        """Put a picture (rows, columns), 0 to 1, on the pad."""
        self.inviting = inviting
        self.ink = np.kron(picture, np.ones((FINE, FINE))).astype(np.float32)
        self.update()

    @property
    def blank(self) -> bool:
        """Whether nothing is drawn."""
        return not bool((self.ink > 0.05).any())

    def picture(self) -> np.ndarray:
        """The drawing as coarse as the network's pictures: (rows, columns)."""
        return resample(self.ink, self.rows, self.columns)

    def paper(self) -> QRectF:
        """Where the paper lies: as large as fits, in the drawing's proportions."""
        room = QRectF(self.rect())
        scale = min(room.width() / self.columns, room.height() / self.rows)
        return QRectF(0, 0, self.columns * scale, self.rows * scale)

    # --- drawing ---

    def _place(self, at: QPointF) -> tuple[float, float]:
        paper = self.paper()
        return (
            at.x() / paper.width() * self.ink.shape[1],
            at.y() / paper.height() * self.ink.shape[0],
        )

    def _draw_to(self, at: QPointF, rub: bool) -> None:
        place = self._place(at)
        size = FINE * max(self.rows, self.columns) / 28
        begin = self._last or place
        if rub:
            gone = np.zeros_like(self.ink)
            stroke(gone, begin, place, 2 * PEN * size, EDGE * size)
            self.ink *= 1 - gone
        else:
            stroke(self.ink, begin, place, PEN * size, EDGE * size)
        self._last = place
        self.update()
        self.changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            if self.inviting:
                self.reset(self.rows, self.columns)
            self._last = None
            self._draw_to(event.position(), event.button() == Qt.MouseButton.RightButton)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._last is not None:
            self._draw_to(event.position(), bool(event.buttons() & Qt.MouseButton.RightButton))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._last = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self.blank:
            self.clear()
        else:
            super().keyPressEvent(event)

    def clear(self) -> None:
        """Take a new sheet."""
        self.reset(self.rows, self.columns)
        self.cleared.emit()

    # --- painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        paper = self.paper()
        draw_card(painter, paper, look.canvas if look.dark else look.panel)
        if self.blank:
            draw_message(painter, paper, tr("Draw here"))
        else:
            painter.drawImage(paper.adjusted(1, 1, -1, -1), _inked(self.picture()))
        if self.inviting:
            self._draw_invitation(painter, paper)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_focus_ring(painter, paper.adjusted(1, 1, -1, -1), 6)
        painter.end()

    def _draw_invitation(self, painter: QPainter, paper: QRectF) -> None:
        """A word in a corner: what is drawn stands in the middle."""
        painter.setPen(QColor(theme.current().accent))
        painter.setFont(theme.font(10))
        place = paper.adjusted(6, 3, -6, -3)
        corner = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        painter.drawText(place, corner, tr("Draw here"))


def _inked(picture: np.ndarray) -> QImage:
    """A picture 0 to 1 as ink over nothing, in the theme's text colour (black on white)."""
    look = theme.current()
    red, green, blue = rgb(look.text if look.dark else "#000000")
    alpha = np.clip(np.rint(picture * 255), 0, 255).astype(np.uint32)
    pixels = np.ascontiguousarray(alpha << 24 | red << 16 | green << 8 | blue, np.uint32)
    rows, columns = picture.shape
    made = QImage(pixels.data, columns, rows, columns * 4, QImage.Format.Format_ARGB32)
    return made.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def ink_of(image: QImage) -> np.ndarray:
    """A pasted picture as ink (h, w), 0 to 1: dark on light or light on dark, paper taken off."""
    grey = image.convertToFormat(QImage.Format.Format_RGB32).convertToFormat(
        QImage.Format.Format_Grayscale8
    )
    if max(grey.width(), grey.height()) > 512:
        grey = grey.scaled(
            512, 512, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    height, width = grey.height(), grey.width()
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(height, grey.bytesPerLine())
    values = rows[:, :width].astype(np.float32) / 255
    edge = np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
    paper = float(np.median(edge))
    ink = np.clip((paper - values) if paper > 0.5 else (values - paper), 0, None)
    most = float(ink.max(initial=0.0))
    return ink / most if most > 0.1 else np.zeros_like(ink)
