"""Curves of many points, drawn fast.

Qt strokes a polyline wider than one pixel by making its outline, joints and all: 700 noisy points
take 17 ms antialiased, the same as separate lines 0.4 ms. Where that cannot be done (dashes, which
would begin anew in each piece, and transparent ink, which shows where pieces overlap) long curves
become a pixel wide: 0.2 ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

#: A curve of more points than this is drawn one of the fast ways.
MANY = 120


def splits(pen: QPen) -> bool:
    """Whether a curve in this ink looks the same as many lines."""
    return pen.style() == Qt.PenStyle.SolidLine and pen.color().alphaF() == 1.0


def narrowed(pen: QPen, count: int) -> QPen:
    """The pen for a whole polyline of so many points."""
    if count <= MANY or pen.widthF() <= 1.0:
        return pen
    made = QPen(pen)
    made.setWidthF(1.0)
    return made


def draw_curve(painter: QPainter, points: Sequence[Sequence[float]], pen: QPen) -> None:
    """A curve through points (x, y)."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if len(points) > MANY and pen.widthF() > 1.0 and splits(pen):
        painter.setPen(pen)
        painter.drawLines([QLineF(*a, *b) for a, b in pairwise(points)])
        return
    painter.setPen(narrowed(pen, len(points)))
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))
