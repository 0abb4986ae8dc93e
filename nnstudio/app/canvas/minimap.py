"""The mini-map: the whole network in a corner, and a frame around what shows. Drag to go there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from nnstudio.app import theme
from nnstudio.app.canvas.backdrop import mixed, rect
from nnstudio.core.text import tr

if TYPE_CHECKING:
    from nnstudio.app.canvas.viewport import Viewport

WIDTH = 190
HEIGHT = 84
INSET = 6.0


class MiniMap(QWidget):
    """Shows itself only while the network is larger than the view."""

    def __init__(self, canvas: Viewport) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._picture = QPixmap()
        self._of: object = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    def follow(self) -> None:
        """The camera or the layout has moved."""
        canvas = self._canvas
        zoom, layout = canvas.camera.zoom, canvas.layout_now
        wide = layout.width * zoom > canvas.width() + 2
        high = layout.height * zoom > canvas.height() - canvas.reserved() + 2
        needed = (wide or high) and canvas.width() > 2 * WIDTH
        if needed:
            size = self._size()
            x = canvas.width() - size.width() - 10
            y = canvas.height() - size.height() - 10 - round(canvas.reserved())
            self.setGeometry(x, max(y, 0), size.width(), size.height())
            self.setAccessibleName(tr("Overview of the network"))
            self.setToolTip(tr("Overview: drag to move the view"))
        if needed != self.isVisible():
            self.setVisible(needed)
        self.update()

    def _size(self) -> QSize:
        scale = self._scale()
        layout = self._canvas.layout_now
        return QSize(
            round(layout.width * scale + 2 * INSET), round(layout.height * scale + 2 * INSET)
        )

    def _scale(self) -> float:
        layout = self._canvas.layout_now
        return min((WIDTH - 2 * INSET) / layout.width, (HEIGHT - 2 * INSET) / layout.height)

    def _paint_network(self, look: theme.Theme) -> None:
        """Cards as small bars; painted once a layout."""
        canvas, ratio = self._canvas, self.devicePixelRatioF()
        self._picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        self._picture.setDevicePixelRatio(ratio)
        self._picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(look.hairline), 1.0))
        ground = QColor(look.panel)
        ground.setAlphaF(0.92)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.translate(INSET, INSET)
        painter.scale(self._scale(), self._scale())
        painter.setPen(Qt.PenStyle.NoPen)
        for column in canvas.columns:
            colour = QColor(look.warn) if column.error else mixed(look.muted, look.panel, 0.35)
            painter.fillRect(rect(canvas.layout_now.cards[column.id]), colour)
            block = canvas.layout_now.blocks.get(column.id)
            for box in (*canvas.layout_now.units.get(column.id, ()), *([block] if block else ())):
                painter.fillRect(rect(box), mixed(look.hairline, look.muted, 0.15))
        painter.end()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The network, and the frame of the view."""
        canvas, look = self._canvas, theme.current()
        of = (id(canvas.layout_now), look.name, self.size(), self.devicePixelRatioF())
        if of != self._of:
            self._of = of
            self._paint_network(look)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._picture)
        x, y = canvas.camera.to_scene(0, 0)
        zoom, scale = canvas.camera.zoom, self._scale()
        view = QRectF(
            x * scale + INSET, y * scale + INSET,
            canvas.width() / zoom * scale, canvas.height() / zoom * scale,
        )  # fmt: skip
        painter.setPen(QPen(QColor(look.accent), 1.4))
        soft = QColor(look.accent)
        soft.setAlphaF(0.10)
        painter.setBrush(soft)
        painter.drawRoundedRect(view.intersected(QRectF(self.rect()).adjusted(1, 1, -1, -1)), 3, 3)
        painter.end()

    def _go(self, at: QPointF) -> None:
        canvas, scale = self._canvas, self._scale()
        x, y = (at.x() - INSET) / scale, (at.y() - INSET) / scale
        here = canvas.camera.to_view(x, y)
        canvas.pan(QPointF(canvas.width() / 2 - here[0], canvas.height() / 2 - here[1]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())
