"""Dragging along a plot looks at a part of it; a double-click shows all again, a click picks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QRubberBand

if TYPE_CHECKING:
    from nnstudio.app.plot import CalmPlot

#: A drag shorter than this, in pixels, means nothing.
LEAST = 8


class RangeZoom(QObject):
    """``part`` is the range of x that is wanted, or None; ``changed`` tells of another.
    ``picked`` carries the x of a click, as soon as it can be no double-click."""

    changed = Signal()
    picked = Signal(float)

    def __init__(self, plot: CalmPlot) -> None:
        super().__init__(plot)
        self.plot = plot
        self.part: tuple[float, float] | None = None
        self._pressed: QPoint | None = None
        self._clicked = 0.0
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.timeout.connect(self._pick)
        self._band = QRubberBand(QRubberBand.Shape.Rectangle, plot.viewport())
        plot.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The mouse over the plot."""
        if not isinstance(event, QMouseEvent):
            return False
        at = event.position().toPoint()
        kind = event.type()
        if kind == QEvent.Type.MouseButtonDblClick:
            self._pressed, self.part = None, None
            self._wait.stop()
            self.changed.emit()
        elif kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = at
        elif kind == QEvent.Type.MouseMove and self._pressed is not None:
            left, right = sorted((self._pressed.x(), at.x()))
            size = QSize(right - left, self.plot.viewport().height())
            self._band.setGeometry(QRect(QPoint(left, 0), size))
            self._band.setVisible(right - left >= LEAST)
        elif kind == QEvent.Type.MouseButtonRelease and self._pressed is not None:
            begin, self._pressed = self._pressed, None
            self._band.hide()
            box = self.plot.getViewBox()
            if abs(at.x() - begin.x()) < LEAST:
                self._clicked = box.mapSceneToView(at.toPointF()).x()
                self._wait.start(QApplication.doubleClickInterval())
            else:
                ends = [box.mapSceneToView(p.toPointF()).x() for p in (begin, at)]
                self.part = (max(0.0, min(ends)), max(ends))
                self.changed.emit()
        return False

    @Slot()
    def _pick(self) -> None:
        self.picked.emit(self._clicked)


def seen(
    part: tuple[float, float], lines: list[tuple[np.ndarray, np.ndarray]]
) -> tuple[float, float] | None:
    """The range of y within a part of x; None if nothing is there."""
    inside = [y[(x >= part[0]) & (x <= part[1])] for x, y in lines]
    inside = [y for y in inside if len(y)]
    if not inside:
        return None
    return min(float(y.min()) for y in inside), max(float(y.max()) for y in inside)
