"""Units and links by keyboard: the selected layer's units, and the links that enter each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from nnstudio.app.canvas.hits import NOTHING, Hit
from nnstudio.app.canvas.layout import LinkGroup
from nnstudio.app.canvas.links import curve_at

if TYPE_CHECKING:
    from nnstudio.app.canvas.canvas import NetworkCanvas

#: Where along a link its hint and its editor appear.
ALONG = 0.7


def current(canvas: NetworkCanvas) -> Hit:
    """The unit or link that the keyboard (or the pointer) points at in the selected layer."""
    hit = canvas.gestures.hovered
    mine = hit.kind in ("unit", "link") and hit.node == canvas.selected_node()
    return hit if mine else NOTHING


def walk_units(canvas: NetworkCanvas, step: int) -> bool:
    """Go to the next unit below (1) or above (−1); above the first is the card again."""
    node = canvas.selected_node() or ""
    boxes = canvas.layout_now.units.get(node)
    if not boxes:
        return False
    hit = current(canvas)
    index = min(hit.index + step, len(boxes) - 1)
    if index < 0:
        canvas.gestures.clear_hover()
        return True
    return point_at(canvas, Hit("unit", node, index))


def walk_links(canvas: NetworkCanvas, step: int) -> bool:
    """Go to the next link that enters the current unit."""
    hit = current(canvas)
    group = _group(canvas, hit.node)
    if group is None:
        return False
    source = (hit.source_index + step) % len(group.sources) if hit.kind == "link" else 0
    link = replace(
        hit,
        kind="link",
        source=group.source,
        source_index=source,
        parameter=group.parameter,
    )
    return point_at(canvas, link)


def point_at(canvas: NetworkCanvas, hit: Hit) -> bool:
    """Show a unit or a link as if the pointer were there."""
    canvas.gestures.point_at(hit, place_of(canvas, hit))
    return True


def place_of(canvas: NetworkCanvas, hit: Hit) -> QPointF:
    """Where a unit or a link is in the view."""
    group = _group(canvas, hit.node)
    if hit.kind == "link" and group is not None:
        y0, y1 = group.sources[hit.source_index], group.targets[hit.index]
        x = group.left + ALONG * (group.right - group.left)
        return QPointF(*canvas.camera.to_view(x, y0 + (y1 - y0) * float(curve_at(ALONG))))
    return QPointF(*canvas.camera.to_view(*canvas.layout_now.units[hit.node][hit.index].centre))


def _group(canvas: NetworkCanvas, node: str) -> LinkGroup | None:
    groups = canvas.layout_now.groups
    return next((g for g in groups if g.target == node and g.parameter != "same"), None)
