"""What stands still on the canvas: cards, buttons, connectors, labels, notes. Painted once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from nnstudio.app.canvas.boxes import Box
from nnstudio.app.canvas.columns import Column
from nnstudio.app.canvas.layout import PORT, Layout, LinkGroup, frame_line
from nnstudio.app.canvas.lettering import Lettering
from nnstudio.app.canvas.routes import Route
from nnstudio.app.theme import Theme

RADIUS = 8.0
#: Shown smaller than this, what is small is left out.
LEAST_FINE = 0.3
CENTRE = Qt.AlignmentFlag.AlignCenter


def rect(box: Box) -> QRectF:
    """A Box as Qt takes it."""
    return QRectF(*box)


def unit_radius(size: float) -> float:
    """The rounding of a thumbnail of some size."""
    return min(6.0, size * 0.16)


@lru_cache(maxsize=256)
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
    area: QRectF | None = None,
) -> None:
    """Paint everything that changes with the network only, in scene coordinates; ``area`` is the
    part of the scene that shows."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    here = area if area is not None else QRectF(0, 0, layout.width, layout.height)
    for name, box in layout.frames.items():
        _draw_frame(painter, name, box, layout, theme, text)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(mixed(theme.hairline, theme.muted, 0.25), 1.3))
    for route in layout.connectors:
        left, top, right, bottom = route.bounds
        if here.intersects(QRectF(left, top - 1, right - left, bottom - top + 2)):
            painter.drawPath(route_path(route))
    for group in layout.groups:
        if group.parameter == "same":
            _draw_same(painter, group, theme)
    for insert in layout.inserts:
        if here.intersects(rect(insert.box)):
            _draw_insert(painter, insert.box, theme, layout.scale)
    _draw_words(painter, layout, theme, text)
    for column in columns:
        card = layout.cards[column.id]
        if card.right + 60 < here.left() or card.x - 60 > here.right():
            continue
        _draw_card(painter, column, layout, theme, text)
        _draw_placeholders(painter, column, layout, theme)
        _draw_labels(painter, column, layout, theme, text)
    for column in columns:
        if column.id in layout.notes:
            _draw_note(painter, column, layout, theme, text)


def route_path(route: Route) -> QPainterPath:
    """A route as Qt draws it."""
    path = QPainterPath(QPointF(*route.knots[0]))
    for (x0, y0), (x1, y1) in pairwise(route.knots):
        if y0 == y1:
            path.lineTo(x1, y1)
        else:
            middle = (x0 + x1) / 2
            path.cubicTo(middle, y0, middle, y1, x1, y1)
    return path


def _draw_words(painter: QPainter, layout: Layout, theme: Theme, text: Lettering) -> None:
    """The shape of what flows, over each link that has room for it."""
    s = layout.scale
    painter.setFont(text.least)
    painter.setPen(QColor(theme.muted))
    for route in layout.connectors:
        (x0, y0), (x1, y1) = max(pairwise(route.knots), key=lambda k: k[1][0] - k[0][0])
        if y0 == y1 and route.words and text.width(route.words) * 0.84 < x1 - x0 - 8 * s:
            if len(route.knots) == 2:  # above its “+”
                painter.drawText(QRectF(x0, y0 - 27 * s, x1 - x0, 14 * s), CENTRE, route.words)
            else:  # beside it
                area = QRectF((x0 + x1) / 2 + 15 * s, y0 - 14 * s, x1 - x0, 13 * s)
                painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, route.words)


def _draw_frame(
    painter: QPainter, name: str, box: Box, layout: Layout, theme: Theme, text: Lettering
) -> None:
    """The outline of an open block, its name on the lower edge."""
    s = layout.scale
    pen = QPen(mixed(theme.muted, theme.accent, 0.5), 1.0)
    pen.setDashPattern([4.0, 3.0])
    painter.setPen(pen)
    painter.setBrush(mixed(theme.canvas, theme.accent, 0.04))
    painter.drawRoundedRect(rect(box), 10 * s, 10 * s)
    painter.setFont(text.tiny)
    painter.setPen(mixed(theme.muted, theme.accent, 0.5))
    area = rect(frame_line(box, s)).adjusted(8 * s, 0, -8 * s, 0)
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(area, flags, text.elided(name, area.width()))


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
    if column.is_block:  # a second sheet behind the first
        painter.drawRoundedRect(rect(box).translated(3 * s, 3 * s), RADIUS * s, RADIUS * s)
    painter.drawRoundedRect(rect(box), RADIUS * s, RADIUS * s)
    fine = painter.worldTransform().m11() > LEAST_FINE
    if fine:
        _draw_ports(painter, column, layout, theme)
    if fine and column.id in layout.folds:
        draw_chevron(painter, layout.folds[column.id], QColor(theme.muted), column.is_folded)
    if column.id in layout.badges:
        draw_badge(painter, layout.badges[column.id], theme, text)
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
    if fine and column.adjustable:
        draw_button(painter, layout.minus[column.id], theme, s, plus=False)
        draw_button(painter, layout.plus[column.id], theme, s, plus=True)


def _draw_ports(painter: QPainter, column: Column, layout: Layout, theme: Theme) -> None:
    """Small dots where links leave and enter."""
    painter.setPen(QPen(mixed(theme.hairline, theme.muted, 0.5), 1.0))
    painter.setBrush(QColor(theme.canvas))
    radius = PORT * layout.scale
    if column.inputs:
        painter.drawEllipse(QPointF(*layout.port(column.id, right=False)), radius, radius)
    if not column.is_end:
        painter.drawEllipse(QPointF(*layout.port(column.id, right=True)), radius, radius)


def draw_chevron(painter: QPainter, box: Box, colour: QColor, folded: bool) -> None:
    """A small arrow: down when what is below is open, right when it is folded."""
    x, y = box.centre
    arm = box.width * 0.19
    painter.setPen(round_pen(colour, 1.3))
    if folded:
        painter.drawPolyline([QPointF(x - arm / 2, y - arm), QPointF(x + arm / 2, y),
                              QPointF(x - arm / 2, y + arm)])  # fmt: skip
    else:
        painter.drawPolyline([QPointF(x - arm, y - arm / 2), QPointF(x, y + arm / 2),
                              QPointF(x + arm, y - arm / 2)])  # fmt: skip


def draw_badge(painter: QPainter, box: Box, theme: Theme, text: Lettering) -> None:
    """The quiet sign of advice: a small “i”."""
    painter.setPen(QPen(QColor(theme.canvas), 1.5))
    painter.setBrush(QColor(theme.accent))
    painter.drawEllipse(rect(box))
    painter.setPen(QColor(theme.on_accent))
    painter.setFont(text.small_title)
    painter.drawText(rect(box), CENTRE, "i")


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
    return min(60.0, max(16.0, widest))


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
    if column.id in layout.mends:
        draw_mend(painter, layout.mends[column.id], column.mend, theme, text)


def draw_mend(
    painter: QPainter, box: Box, words: str, theme: Theme, text: Lettering, *, hot: bool = False
) -> None:
    """The button that puts a fault right."""
    s = text.scale
    painter.setPen(QPen(QColor(theme.accent), 1.0))
    painter.setBrush(QColor(theme.accent if hot else theme.panel))
    painter.drawRoundedRect(rect(box), 5 * s, 5 * s)
    font, shown = text.fitted(words, box.width - 10 * s)
    painter.setFont(font)
    painter.setPen(QColor(theme.on_accent if hot else theme.accent))
    painter.drawText(rect(box), CENTRE, shown)
