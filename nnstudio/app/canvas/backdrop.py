"""What stands still on the canvas: cards, buttons, connectors, labels, notes. Painted once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from nnstudio.app.canvas.columns import Column
from nnstudio.app.canvas.layout import Box, Layout, LinkGroup
from nnstudio.app.canvas.lettering import Lettering
from nnstudio.app.theme import Theme

RADIUS = 8.0
CENTRE = Qt.AlignmentFlag.AlignCenter


def rect(box: Box) -> QRectF:
    """A Box as Qt takes it."""
    return QRectF(*box)


def unit_radius(size: float) -> float:
    """The rounding of a thumbnail of some size."""
    return min(6.0, size * 0.16)


def mixed(first: str, second: str, share: float) -> QColor:
    """A colour between two: ``share`` of the second."""
    a, b = QColor(first), QColor(second)
    return QColor(
        round(a.red() + (b.red() - a.red()) * share),
        round(a.green() + (b.green() - a.green()) * share),
        round(a.blue() + (b.blue() - a.blue()) * share),
    )


def draw_backdrop(
    painter: QPainter,
    columns: Sequence[Column],
    layout: Layout,
    theme: Theme,
    text: Lettering,
) -> None:
    """Paint everything that changes with the network only, in scene coordinates."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(mixed(theme.hairline, theme.muted, 0.25), 1.3))
    for x0, x1, y in layout.connectors:
        painter.drawLine(QLineF(x0, y, x1, y))
    for group in layout.groups:
        if group.parameter == "same":
            _draw_same(painter, group, theme)
    for insert in layout.inserts:
        _draw_insert(painter, insert.box, theme, layout.scale)
    for column in columns:
        _draw_card(painter, column, layout, theme, text)
        _draw_placeholders(painter, column, layout, theme)
        _draw_labels(painter, column, layout, theme, text)
        if column.id in layout.notes:
            _draw_note(painter, column, layout, theme, text)


def _draw_same(painter: QPainter, group: LinkGroup, theme: Theme) -> None:
    painter.setPen(QPen(mixed(theme.hairline, theme.muted, 0.35), 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    middle = (group.left + group.right) / 2
    for y0, y1 in zip(group.sources, group.targets, strict=True):
        path = QPainterPath(QPointF(group.left, y0))
        path.cubicTo(middle, y0, middle, y1, group.right, y1)
        painter.drawPath(path)


def _draw_insert(painter: QPainter, box: Box, theme: Theme, scale: float) -> None:
    pen = QPen(mixed(theme.muted, theme.canvas, 0.25), 1.0)
    pen.setDashPattern([2.5, 2.0])
    painter.setPen(pen)
    painter.setBrush(QColor(theme.canvas))
    painter.drawEllipse(rect(box))
    draw_sign(painter, box, QColor(theme.muted), plus=True, arm=4.0 * scale)


def round_pen(colour: QColor, width: float) -> QPen:
    """A solid pen with round ends."""
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)


def draw_sign(painter: QPainter, box: Box, colour: QColor, *, plus: bool, arm: float) -> None:
    """A + or − in the middle of a box."""
    x, y = box.centre
    painter.setPen(round_pen(colour, max(1.2, arm * 0.32)))
    painter.drawLine(QLineF(x - arm, y, x + arm, y))
    if plus:
        painter.drawLine(QLineF(x, y - arm, x, y + arm))


def draw_button(
    painter: QPainter, box: Box, theme: Theme, scale: float, *, plus: bool, hot: bool = False
) -> None:
    """A round − or + button; ``hot`` while the pointer is over it."""
    edge = QColor(theme.accent) if hot else mixed(theme.hairline, theme.muted, 0.2)
    painter.setPen(QPen(edge, 1.0))
    painter.setBrush(QColor(theme.accent_soft if hot else theme.panel))
    painter.drawEllipse(rect(box))
    colour = QColor(theme.accent if hot else theme.text)
    draw_sign(painter, box, colour, plus=plus, arm=3.6 * scale)


def _draw_card(
    painter: QPainter, column: Column, layout: Layout, theme: Theme, text: Lettering
) -> None:
    s = layout.scale
    box = layout.cards[column.id]
    painter.setPen(QPen(QColor(theme.warn) if column.error else QColor(theme.hairline), 1.0))
    painter.setBrush(QColor(theme.warn_soft if column.error else theme.panel))
    painter.drawRoundedRect(rect(box), RADIUS * s, RADIUS * s)
    line = QRectF(box.x + 4 * s, box.y + 7 * s, box.width - 8 * s, 18 * s)
    font, words = text.fitted(column.title, line.width(), title=True)
    painter.setFont(font)
    painter.setPen(QColor(theme.text))
    painter.drawText(line, CENTRE, words)
    painter.setPen(QColor(theme.muted))
    line.moveTop(line.bottom() + 1 * s)
    line.setHeight(16 * s)
    for part in layout.lines[column.id]:
        font, words = text.fitted(part, line.width())
        painter.setFont(font)
        painter.drawText(line, CENTRE, words)
        line.translate(0, 16 * s)
    if column.adjustable:
        draw_button(painter, layout.minus[column.id], theme, s, plus=False)
        draw_button(painter, layout.plus[column.id], theme, s, plus=True)


def _draw_placeholders(painter: QPainter, column: Column, layout: Layout, theme: Theme) -> None:
    """Plain squares where the first picture will come."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.zero))
    for box in layout.units.get(column.id, ()):
        radius = unit_radius(box.width)
        painter.drawRoundedRect(rect(box), radius, radius)
    block = layout.blocks.get(column.id)
    if block is not None and column.kind in ("image", "cells"):
        painter.drawRect(rect(block))
        if column.kind == "image":
            painter.setPen(QPen(QColor(theme.hairline), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect(block.grown(0.5)))


def _draw_labels(
    painter: QPainter, column: Column, layout: Layout, theme: Theme, text: Lettering
) -> None:
    """Names beside units: left of the first column, right of the last."""
    if not column.labels:
        return
    s = layout.scale
    painter.setFont(text.tiny)
    painter.setPen(QColor(theme.muted))
    first = column.id == layout.order[0]
    for box, name in zip(layout.units.get(column.id, ()), column.labels, strict=False):
        if first:
            area = QRectF(0, box.y, box.x - 8 * s, box.height)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        else:
            area = QRectF(box.right + 8 * s, box.y, layout.width - box.right - 10 * s, box.height)
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, flags, text.elided(name, area.width()))
    if column.kind == "bars":
        block = layout.blocks[column.id]
        pitch = block.height / column.count
        for number, name in enumerate(column.labels):
            area = QRectF(block.x, block.y + number * pitch, label_width(column, text) * s, pitch)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(area, flags, text.elided(name, area.width()))


def label_width(column: Column, text: Lettering) -> float:
    """Room for the names of bars: unscaled pixels."""
    widest = max((text.width(name) for name in column.labels), default=0.0) / text.scale
    return min(52.0, max(16.0, widest))


def _draw_note(
    painter: QPainter, column: Column, layout: Layout, theme: Theme, text: Lettering
) -> None:
    s = layout.scale
    box = layout.notes[column.id]
    painter.setPen(QPen(mixed(theme.warn_soft, theme.warn, 0.4), 1.0))
    painter.setBrush(QColor(theme.warn_soft))
    painter.drawRoundedRect(rect(box), 6 * s, 6 * s)
    painter.setFont(text.tiny)
    painter.setPen(QColor(theme.warn))
    area = rect(box).adjusted(10 * s, 8 * s, -10 * s, -8 * s)
    painter.drawText(area, int(Qt.TextFlag.TextWordWrap), column.error)
