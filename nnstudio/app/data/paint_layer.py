"""A clear sheet over a decision surface that takes the brush: mouse, pen, or arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QWidget

from nnstudio.app import theme
from nnstudio.app.backdrop import draw_card, draw_message
from nnstudio.app.class_colours import class_colour
from nnstudio.app.data.painter import ERASE, MOVE, Painter
from nnstudio.app.i18n import say
from nnstudio.app.panels.output_surface import OutputSurface
from nnstudio.app.plane_surface import point_colours
from nnstudio.core.data import PLANE_LIMIT
from nnstudio.core.text import mark, tr

#: How far an arrow key moves the brush, in units of the plane; with Shift, finely.
FAR, NEAR = 0.5, 0.1
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PaintLayer(QWidget):
    """Left button: the chosen tool. Right button: erase. Arrow keys move the brush, Enter uses
    it."""

    def __init__(self, surface: OutputSurface, painter: Painter) -> None:
        super().__init__(surface)
        self.surface = surface
        self.painter = painter
        self._at: tuple[float, float] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        say(
            self,
            name=mark("Board to paint points on"),
            description=mark("Arrow keys move the brush, Enter paints."),
        )
        surface.installEventFilter(self)
        painter.changed.connect(self._show)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As large as the surface."""
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self.surface.rect())
        return False

    def showEvent(self, event: QShowEvent) -> None:
        """On top, in the right size."""
        super().showEvent(event)
        self.setGeometry(self.surface.rect())
        self.raise_()

    @Slot()
    def _show(self) -> None:
        self.update()

    # --- places ---

    def _place(self, at: QPointF) -> tuple[float, float]:
        """A pixel as a point of the plane."""
        plane = self.surface.plane()
        across = (at.x() - plane.x()) / plane.width()
        down = (at.y() - plane.y()) / plane.height()
        return (across * 2 - 1) * PLANE_LIMIT, (1 - down * 2) * PLANE_LIMIT

    def _pixel(self, x: float, y: float) -> QPointF:
        plane = self.surface.plane()
        across, down = (x / PLANE_LIMIT + 1) / 2, (1 - y / PLANE_LIMIT) / 2
        return QPointF(plane.x() + across * plane.width(), plane.y() + down * plane.height())

    # --- brush ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        if not self.surface.plane().contains(event.position()):
            return
        self.setFocus()
        self._at = self._place(event.position())
        erase = event.button() == Qt.MouseButton.RightButton
        self.painter.begin(*self._at, erase=erase)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._at = self._place(event.position())
        if event.buttons():
            self.painter.move(*self._at)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.painter.end()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._at = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in ARROWS and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            fine = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            x, y = self._at or (0.0, 0.0)
            dx, dy = (part * (NEAR if fine else FAR) for part in ARROWS[Qt.Key(key)])
            most = PLANE_LIMIT
            self._at = (min(max(x + dx, -most), most), min(max(y + dy, -most), most))
            self.update()
        elif key in ENTER:
            self._at = self._at or (0.0, 0.0)
            self.painter.begin(*self._at)
            self.painter.end()
        else:
            super().keyPressEvent(event)

    # --- painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plane = self.surface.plane()
        look = theme.current()
        if self.painter.is_blank:
            draw_card(painter, plane, look.canvas)
            if self.painter.painting is None:
                draw_message(painter, plane, tr("A new sheet: paint your points here."))
        self._draw_fresh(painter, plane)
        pen = QPen(QColor(look.accent), 2)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(plane.adjusted(1, 1, -1, -1), 6, 6)
        if self._at is not None:
            self._draw_brush(painter, plane)
        painter.end()

    def _draw_fresh(self, painter: QPainter, plane: QRectF) -> None:
        """Points of this stroke that the surface does not show yet."""
        painting = self.painter.painting
        if painting is None:
            return
        here = self.surface.document.setup.dataset
        known = {point[3] for point in getattr(getattr(here, "painting", None), "points", ())}
        fresh = [point for point in painting.points if point[3] not in known]
        if not known and not self.painter.is_blank:
            fresh = fresh[-20:]  # the first stroke on a set that is not painted yet
        if not fresh:
            return
        painter.setPen(QPen(QColor(theme.current().panel), 1.1))
        values = painting.values()[-len(fresh) :]
        colours = point_colours(values, self.surface.document.data)
        radius = max(2.0, plane.width() / 90)
        for point, colour in zip(fresh, colours, strict=True):
            painter.setBrush(colour)
            painter.drawEllipse(self._pixel(point[0], point[1]), radius, radius)

    def _draw_brush(self, painter: QPainter, plane: QRectF) -> None:
        assert self._at is not None
        look = theme.current()
        tool = self.painter.tool
        colour = look.text
        if tool not in (ERASE, MOVE) and self.painter.classifies:
            colour = class_colour(self.painter.brush_class)
        radius = max(3.0, self.painter.size / (2 * PLANE_LIMIT) * plane.width())
        painter.setClipRect(plane)
        painter.setPen(QPen(QColor(look.panel), 3.2))
        painter.drawEllipse(self._pixel(*self._at), radius, radius)
        painter.setPen(QPen(QColor(colour), 1.6))
        painter.drawEllipse(self._pixel(*self._at), radius, radius)
