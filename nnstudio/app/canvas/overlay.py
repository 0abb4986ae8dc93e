"""What answers the pointer and the keyboard: selection, hover, drag. Painted on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from nnstudio.app.canvas.backdrop import (
    RADIUS,
    draw_button,
    draw_mend,
    draw_sign,
    mixed,
    rect,
    round_pen,
    route_path,
    unit_radius,
)
from nnstudio.app.canvas.boxes import Box
from nnstudio.app.canvas.columns import Column
from nnstudio.app.canvas.hints import number_at
from nnstudio.app.canvas.hits import Hit
from nnstudio.app.canvas.layout import PORT, Insert, Layout
from nnstudio.app.canvas.lettering import Lettering
from nnstudio.app.canvas.pulling import Pull
from nnstudio.app.theme import Theme

if TYPE_CHECKING:
    from nnstudio.app.canvas.canvas import NetworkCanvas


def draw_selection(painter: QPainter, box: Box, theme: Theme, scale: float, *, focus: bool) -> None:
    """The accent outline of the selected card, with a soft glow; stronger with the keyboard."""
    glow = QColor(theme.accent)
    glow.setAlphaF(0.30 if focus else 0.16)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(glow, 4.0 * scale))
    painter.drawRoundedRect(
        rect(box.grown(1.2 * scale)), (RADIUS + 1) * scale, (RADIUS + 1) * scale
    )
    painter.setPen(QPen(QColor(theme.accent), 1.6 * scale))
    painter.drawRoundedRect(rect(box), RADIUS * scale, RADIUS * scale)


def draw_hover(
    painter: QPainter, layout: Layout, hit: Hit, weight: float | None, theme: Theme
) -> None:
    """Show what a click would act on."""
    s = layout.scale
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if hit.kind in ("minus", "plus"):
        boxes = layout.minus if hit.kind == "minus" else layout.plus
        if hit.node in boxes:
            draw_button(painter, boxes[hit.node], theme, s, plus=hit.kind == "plus", hot=True)
    elif hit.kind == "card" and hit.node in layout.cards:
        painter.setPen(QPen(mixed(theme.hairline, theme.accent, 0.6), 1.0))
        painter.drawRoundedRect(rect(layout.cards[hit.node]), RADIUS * s, RADIUS * s)
    elif hit.kind == "insert":
        for insert in layout.inserts:
            if (insert.after, insert.before) == (hit.node, hit.target):
                painter.setPen(QPen(QColor(theme.accent), 1.2))
                painter.setBrush(QColor(theme.accent_soft))
                painter.drawEllipse(rect(insert.box))
                draw_sign(painter, insert.box, QColor(theme.accent), plus=True, arm=4.2 * s)
    elif hit.kind == "unit":
        boxes_of = layout.units.get(hit.node, ())
        if hit.index < len(boxes_of):
            box = boxes_of[hit.index]
            painter.setPen(QPen(QColor(theme.accent), 2.0))
            painter.drawRoundedRect(rect(box), unit_radius(box.width), unit_radius(box.width))
    elif hit.kind == "port" and hit.node in layout.cards:
        painter.setPen(QPen(QColor(theme.accent), 1.6))
        painter.setBrush(QColor(theme.accent_soft))
        painter.drawEllipse(QPointF(*layout.port(hit.node, right=True)), 6 * s, 6 * s)
    elif hit.kind == "fold" and hit.node in layout.folds:
        x, y = layout.folds[hit.node].centre
        painter.setPen(Qt.PenStyle.NoPen)
        soft = QColor(theme.accent)
        soft.setAlphaF(0.16)
        painter.setBrush(soft)
        painter.drawEllipse(QPointF(x, y), 8 * s, 8 * s)
    elif hit.kind == "route":
        pen = round_pen(mixed(theme.muted, theme.accent, 0.7), 2.2 * s)
        draw_route(painter, layout, (hit.node, hit.target), pen)
    elif hit.kind == "link":
        draw_link(painter, layout, hit, weight, theme)


def draw_link(
    painter: QPainter, layout: Layout, hit: Hit, weight: float | None, theme: Theme
) -> None:
    """One link, set off from all others."""
    for group in layout.groups:
        if (group.source, group.target) != (hit.source, hit.node):
            continue
        if hit.source_index >= len(group.sources) or hit.index >= len(group.targets):
            return
        y0, y1 = group.sources[hit.source_index], group.targets[hit.index]
        middle = (group.left + group.right) / 2
        path = QPainterPath(QPointF(group.left, y0))
        path.cubicTo(middle, y0, middle, y1, group.right, y1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.canvas), 7.0))
        painter.drawPath(path)
        colour = theme.positive if (weight or 0.0) >= 0 else theme.negative
        painter.setPen(QPen(QColor(colour), 3.4))
        painter.drawPath(path)


def draw_drag(
    painter: QPainter,
    layout: Layout,
    column: Column,
    at: tuple[float, float],
    drop: Insert | None,
    theme: Theme,
    text: Lettering,
) -> None:
    """The card under the pointer, and the mark where it would go."""
    s = layout.scale
    if drop is not None:
        x, y = drop.box.centre
        painter.setPen(round_pen(QColor(theme.accent), 3.0 * s))
        painter.drawLine(QLineF(x, y - 34 * s, x, y + 34 * s))
    card = layout.cards[column.id]
    flat = layout.ranks.lanes < 2
    y = card.y + 5 * s if flat else at[1] - card.height / 2
    area = QRectF(at[0] - card.width / 2, y, card.width, card.height)
    painter.setOpacity(0.85)
    painter.setPen(QPen(QColor(theme.accent), 1.4))
    painter.setBrush(QColor(theme.panel))
    painter.drawRoundedRect(area, RADIUS * s, RADIUS * s)
    painter.setPen(QColor(theme.text))
    painter.setFont(text.title)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, column.title)
    painter.setOpacity(1.0)


def draw_pull(
    painter: QPainter, layout: Layout, pull: Pull, at: tuple[float, float], theme: Theme
) -> None:
    """The link that is being pulled; cards that may read it are lit, others step back."""
    s = layout.scale
    for name, card in layout.cards.items():
        if name == pull.source:
            continue
        if pull.may(name):
            hot = name == pull.target
            painter.setPen(QPen(QColor(theme.accent), (2.4 if hot else 1.4) * s))
            soft = QColor(theme.accent)
            soft.setAlphaF(0.18 if hot else 0.07)
            painter.setBrush(soft)
            painter.drawRoundedRect(rect(card), RADIUS * s, RADIUS * s)
            painter.setBrush(QColor(theme.accent))
            port = QPointF(*layout.port(name, right=False))
            painter.drawEllipse(port, (PORT + 1.4) * s, (PORT + 1.4) * s)
        else:
            pale = QColor(theme.canvas)
            pale.setAlphaF(0.55)
            painter.fillRect(rect(card.grown(1)), pale)
    x0, y0 = layout.port(pull.source, right=True)
    legal = pull.may(pull.target)
    x1, y1 = layout.port(pull.target, right=False) if legal else at
    refused = bool(pull.target) and not legal and pull.target != pull.source
    pen = round_pen(QColor(theme.muted if refused else theme.accent), 2.2 * s)
    if refused:
        pen.setDashPattern([2.0, 3.0])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    reach = max(30.0, abs(x1 - x0) / 2)
    path = QPainterPath(QPointF(x0, y0))
    path.cubicTo(x0 + reach, y0, x1 - reach, y1, x1, y1)
    painter.drawPath(path)


def draw_route(painter: QPainter, layout: Layout, edge: tuple[str, str], pen: QPen) -> None:
    """One link from card to card, set off from the others."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    for route in layout.connectors:
        if route.edge == edge:
            painter.drawPath(route_path(route))


def draw_overlay(painter: QPainter, canvas: NetworkCanvas, theme: Theme) -> None:
    """Everything that answers the pointer and the keyboard now."""
    layout, gestures = canvas.layout_now, canvas.gestures
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for name in canvas.selected_columns():
        if name in layout.cards:
            box = layout.cards[name]
            draw_selection(painter, box, theme, layout.scale, focus=canvas.hasFocus())
    edge = canvas.selected_edge()
    if edge is not None:
        draw_route(painter, layout, edge, round_pen(QColor(theme.accent), 2.6 * layout.scale))
    hit = gestures.hovered if gestures.hovered.kind else canvas.edited_hit()
    if hit is not None:
        index = (hit.source_index, hit.index)
        weight = number_at(canvas.picture, hit.node, hit.parameter, index)
        draw_hover(painter, layout, hit, weight, theme)
        if hit.kind == "mend" and hit.node in layout.mends:
            text = canvas.scene.lettering(canvas.font())
            words = canvas.by_id[hit.node].mend
            draw_mend(painter, layout.mends[hit.node], words, theme, text, hot=True)
    at = canvas.camera.to_scene(gestures.pointer.x(), gestures.pointer.y())
    if gestures.dragged is not None:
        text = canvas.scene.lettering(canvas.font())
        column = canvas.by_id[gestures.dragged]
        draw_drag(painter, layout, column, at, gestures.drop, theme, text)
    if gestures.pull is not None:
        draw_pull(painter, layout, gestures.pull, at, theme)
    if gestures.band is not None:
        x, y = canvas.camera.to_scene(gestures.band.x(), gestures.band.y())
        zoom = canvas.camera.zoom
        soft = QColor(theme.accent)
        soft.setAlphaF(0.10)
        painter.setPen(QPen(QColor(theme.accent), 1.0 / zoom))
        painter.setBrush(soft)
        painter.drawRect(QRectF(x, y, gestures.band.width() / zoom, gestures.band.height() / zoom))
