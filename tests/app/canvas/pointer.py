"""Where to point and click on a canvas."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from nnstudio.app.canvas.links import curve_at

LEFT = Qt.MouseButton.LeftButton


def ids(canvas):
    return [node.id for node in canvas.document.setup.network.nodes]


def at(canvas, box):
    x, y = canvas.camera.to_view(*box.centre)
    return QPoint(round(x), round(y))


def card(canvas, node):
    box = canvas.layout_now.cards[node]
    return at(canvas, box) - QPoint(round(box.width / 3), round(box.height / 3))


def link(canvas, target, i, j):
    """A point where the pointer means this link and no other."""
    group = next(g for g in canvas.layout_now.groups if g.target == target)
    y0, y1 = group.sources[i], group.targets[j]
    for share in np.linspace(0.05, 0.95, 60):
        x = group.left + share * (group.right - group.left)
        point = QPoint(round(x), round(y0 + (y1 - y0) * float(curve_at(share))))
        hit = canvas.gestures.hit(QPointF(point))
        if (hit.node, hit.source_index, hit.index) == (target, i, j):
            return point
    raise AssertionError("this link cannot be pointed at")


def click(canvas, point):
    QTest.mouseClick(canvas, LEFT, Qt.KeyboardModifier.NoModifier, point)


def hover(canvas, point):
    """Move there from elsewhere: a pointer that is there already moves nothing."""
    QTest.mouseMove(canvas, QPoint(2, 2))
    QTest.mouseMove(canvas, point)


def units(canvas, node):
    return canvas.document.setup.network[node].layer.units
