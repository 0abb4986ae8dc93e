"""A network as a small drawing: its real layers in columns, its real links."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from nnstudio.app import theme
from nnstudio.core.network import Network

GAP = 0.45  # of a column's width


def ranks(network: Network) -> dict[str, int]:
    """How many layers lie before each node, along the longest way."""
    found: dict[str, int] = {}
    for node in network.nodes:
        found[node.id] = max((found[name] + 1 for name in node.inputs), default=0)
    return found


def _colour(type_name: str) -> str:
    look = theme.current()
    kind = type_name.split(".")[0]
    if kind == "Input":
        return look.muted
    if kind == "Dense" or "Conv" in kind:
        return look.accent
    if kind in ("Add", "Concatenate", "Multiply", "Average"):
        return look.negative
    return look.earlier


def draw_network(painter: QPainter, room: QRectF, network: Network) -> None:
    """Draw into a rectangle: a box a layer, as high as the logarithm of what it gives."""
    rank = ranks(network)
    columns = max(rank.values()) + 1
    pitch = room.width() / columns
    width = min(pitch * (1 - GAP), 13.0)
    sizes = {node.id: math.prod(network.facts[node.id].shape or (1,)) for node in network.nodes}
    largest = math.log2(max(sizes.values()) + 1)
    lanes: dict[int, list[str]] = {}
    for node in network.nodes:
        lanes.setdefault(rank[node.id], []).append(node.id)
    boxes: dict[str, QRectF] = {}
    for column, names in lanes.items():
        for lane, name in enumerate(names):
            share = math.log2(sizes[name] + 1) / largest
            high = max(7.0, share * room.height() / len(names) * 0.92)
            x = room.left() + pitch * (column + 0.5)
            y = room.top() + room.height() * (lane + 0.5) / len(names)
            boxes[name] = QRectF(x - width / 2, y - high / 2, width, high)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    look = theme.current()
    for node in network.nodes:
        for source in node.inputs:
            skips = rank[node.id] - rank[source] > 1
            painter.setPen(QPen(QColor(look.negative if skips else look.earlier), 1.2))
            painter.drawPath(_link(boxes[source], boxes[node.id], room, skips=skips))
    painter.setPen(Qt.PenStyle.NoPen)
    for node in network.nodes:
        painter.setBrush(QColor(_colour(node.layer.type_name)))
        painter.drawRoundedRect(boxes[node.id], 2.5, 2.5)


def _link(source: QRectF, target: QRectF, room: QRectF, *, skips: bool) -> QPainterPath:
    begin = QPointF(source.right(), source.center().y())
    end = QPointF(target.left(), target.center().y())
    path = QPainterPath(begin)
    if not skips:
        path.lineTo(end)
        return path
    # Over the top of what it passes.
    begin, end = QPointF(source.center().x(), source.top()), QPointF(target.center().x(), 0)
    end.setY(target.top())
    high = max(room.top() - 4, min(begin.y(), end.y()) - 0.35 * room.height())
    path = QPainterPath(begin)
    path.cubicTo(QPointF(begin.x(), high), QPointF(end.x(), high), end)
    return path
