"""What answers the pointer and the keyboard: selection, hover, drag. Painted on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from nnstudio.app.canvas.backdrop import (
    RADIUS,
    draw_button,
    draw_sign,
    mixed,
    rect,
    round_pen,
    unit_radius,
)
from nnstudio.app.canvas.columns import Column
from nnstudio.app.canvas.hints import number_at
from nnstudio.app.canvas.hits import Hit
from nnstudio.app.canvas.layout import Box, Layout
from nnstudio.app.canvas.lettering import Lettering
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
            if insert.after == hit.node:
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
    x: float,
    drop_after: str | None,
    theme: Theme,
    text: Lettering,
) -> None:
    """The card under the pointer, and the mark where it would go."""
    s = layout.scale
    if drop_after is not None:
        gap = layout.gap_after(drop_after)
        bottom = max(box.bottom for box in layout.cards.values())
        painter.setPen(round_pen(QColor(theme.accent), 3.0 * s))
        painter.drawLine(QLineF(gap, 8 * s, gap, bottom + 6 * s))
    card = layout.cards[column.id]
    area = QRectF(x - card.width / 2, card.y + 5 * s, card.width, card.height)
    painter.setOpacity(0.85)
    painter.setPen(QPen(QColor(theme.accent), 1.4))
    painter.setBrush(QColor(theme.panel))
    painter.drawRoundedRect(area, RADIUS * s, RADIUS * s)
    painter.setPen(QColor(theme.text))
    painter.setFont(text.title)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, column.title)
    painter.setOpacity(1.0)


def draw_overlay(painter: QPainter, canvas: NetworkCanvas, theme: Theme) -> None:
    """Everything that answers the pointer and the keyboard now."""
    layout, gestures = canvas.layout_now, canvas.gestures
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    selected = canvas.selected_node()
    if selected in layout.cards:
        box = layout.cards[str(selected)]
        draw_selection(painter, box, theme, layout.scale, focus=canvas.hasFocus())
    hit = gestures.hovered if gestures.hovered.kind else canvas.edited_hit()
    if hit is not None:
        index = (hit.source_index, hit.index)
        weight = number_at(canvas.picture, hit.node, hit.parameter, index)
        draw_hover(painter, layout, hit, weight, theme)
    if gestures.dragged is not None:
        x, _ = canvas.camera.to_scene(gestures.pointer.x(), gestures.pointer.y())
        text = canvas.scene.lettering(canvas.font())
        column = canvas.by_id[gestures.dragged]
        draw_drag(painter, layout, column, x, gestures.drop_after, theme, text)
