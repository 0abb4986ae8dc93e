"""What moves on the canvas: links, thumbnails, cells, bars. Painted every frame, so it is cheap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPixmap

from nnstudio.app.canvas.backdrop import label_width, mixed, rect, unit_radius
from nnstudio.app.canvas.boxes import Box
from nnstudio.app.canvas.columns import Column
from nnstudio.app.canvas.layout import Layout, LinkGroup
from nnstudio.app.canvas.lettering import Lettering
from nnstudio.app.canvas.links import LinkImage, strength
from nnstudio.app.canvas.measure import Picture
from nnstudio.app.theme import Theme


def as_image(pixels: np.ndarray, *, alpha: bool = False) -> QImage:
    """uint32 pixels (height, width) as an image on the same memory: keep the array alive."""
    form = QImage.Format.Format_ARGB32_Premultiplied if alpha else QImage.Format.Format_RGB32
    height, width = pixels.shape
    return QImage(pixels.data, width, height, 4 * width, form)  # type: ignore[call-overload]


def draw_link_image(painter: QPainter, links: LinkImage) -> None:
    """All links: one image."""
    image = as_image(links.pixels, alpha=True)
    if links.scale == 1.0:
        painter.drawImage(QPointF(links.left, links.top), image)
        return
    size = (image.width() / links.scale, image.height() / links.scale)
    painter.drawImage(QRectF(links.left, links.top, *size), image)


def draw_thin_links(
    painter: QPainter,
    groups: Sequence[LinkGroup],
    parameters: dict[tuple[str, str], np.ndarray],
    theme: Theme,
) -> None:
    """Hairlines in six colours: what Qt draws fast, for the moments before the real ones."""
    paths = [QPainterPath() for _ in range(6)]
    for group in groups:
        weights = parameters.get((group.target, group.parameter))
        if weights is None or weights.shape != (len(group.sources), len(group.targets)):
            continue
        kinds = np.minimum(2, (strength(weights) * 4.5).astype(int)) + 3 * (weights < 0)
        middle = (group.left + group.right) / 2
        for y0, row in zip(group.sources, kinds.tolist(), strict=True):
            for y1, kind in zip(group.targets, row, strict=True):
                paths[kind].moveTo(group.left, y0)
                paths[kind].cubicTo(middle, y0, middle, y1, group.right, y1)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for kind, path in enumerate(paths):
        colour = QColor(theme.negative if kind >= 3 else theme.positive)
        colour.setAlphaF((0.2, 0.5, 0.85)[kind % 3])
        pen = QPen(colour, 1.0)
        pen.setCosmetic(True)
        painter.strokePath(path, pen)


def make_frame(size: float, ratio: float, theme: Theme) -> QPixmap:
    """The rounded border of a thumbnail with its corners covered in the canvas' colour.

    Covering corners is several times cheaper than clipping each thumbnail.
    """
    whole = size + 4
    made = QPixmap(round(whole * ratio), round(whole * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inner = QRectF(2, 2, size, size)
    radius = unit_radius(size)
    corners = QPainterPath()
    corners.addRect(inner.adjusted(-0.5, -0.5, 0.5, 0.5))
    rounded = QPainterPath()
    rounded.addRoundedRect(inner, radius, radius)
    painter.fillPath(corners.subtracted(rounded), QColor(theme.canvas))
    edge = mixed(theme.muted, theme.canvas, 0.35)
    painter.setPen(QPen(edge, 1.6 if size > 24 else 1.2))
    painter.drawRoundedRect(inner, radius, radius)
    painter.end()
    return made


def draw_thumbnails(
    painter: QPainter, boxes: Sequence[Box], pixels: np.ndarray, frame: QPixmap | None
) -> None:
    """Each unit's picture in its box; ``pixels`` is (units, side, side)."""
    count, side, across = pixels.shape
    image = as_image(pixels.reshape(count * side, across))
    for number, box in enumerate(boxes[:count]):  # a unit added just now has no picture yet
        painter.drawImage(rect(box), image, QRectF(0, number * side, across, side))
    if frame is None:
        return
    size = frame.width() / frame.devicePixelRatio()
    for box in boxes:
        painter.drawPixmap(QRectF(box.x - 2, box.y - 2, size, size), frame, QRectF(frame.rect()))


def draw_maps(
    painter: QPainter, layout: Layout, column: Column, pixels: np.ndarray, theme: Theme
) -> None:
    """Feature maps (count, height, width), their pixels to be seen as squares."""
    framed = theme.zero == theme.canvas  # else nobody sees where a dark map ends
    painter.setPen(QPen(mixed(theme.hairline, theme.canvas, 0.6), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _, across = layout.grids[column.id]
    count, height, width = pixels.shape
    block = layout.blocks[column.id]
    size = block.width / across
    gap = min(2.0, size * 0.06)
    scale = (size - gap) / max(height, width)
    image = as_image(pixels.reshape(count * height, width))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    for number in range(min(count, column.count)):
        x = block.x + number % across * size + (size - width * scale) / 2
        y = block.y + number // across * size + (size - height * scale) / 2
        area = QRectF(x, y, width * scale, height * scale)
        painter.drawImage(area, image, QRectF(0, number * height, width, height))
        if framed:
            painter.drawRect(area)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)


def tile_boxes(layout: Layout, column: Column) -> list[Box]:
    """The boxes of a block's tiles, a little apart."""
    rows, across = layout.grids[column.id]
    block = layout.blocks[column.id]
    size = min(block.width / across, block.height / rows)
    return [
        Box(block.x + (i % across) * size + 1.5, block.y + (i // across) * size + 1.5,
            size - 3, size - 3)
        for i in range(column.count)
    ]  # fmt: skip


def draw_cells(
    painter: QPainter, layout: Layout, column: Column, colours: np.ndarray, theme: Theme
) -> None:
    """A layer's values for the example as a block of plain squares."""
    rows, across = layout.grids[column.id]
    background = 0xFF000000 | QColor(theme.canvas).rgb()
    grid = np.full(rows * across, background, np.uint32)
    grid[: len(colours)] = colours
    block = layout.blocks[column.id]
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(rect(block), as_image(grid.reshape(rows, across)))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
    size = block.width / across
    if size < 5:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    quiet = mixed(theme.hairline, theme.canvas, 0.6)
    painter.setPen(QPen(quiet if theme.zero == theme.canvas else QColor(theme.canvas), 1))
    for i in range(across + 1):
        x = block.x + i * size
        painter.drawLine(QPointF(x, block.y), QPointF(x, block.bottom))
    for i in range(rows + 1):
        y = block.y + i * size
        painter.drawLine(QPointF(block.x, y), QPointF(block.right, y))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def draw_bars(
    painter: QPainter,
    layout: Layout,
    column: Column,
    values: np.ndarray,
    truth: int,
    theme: Theme,
    text: Lettering,
) -> None:
    """Class probabilities; the largest in full colour with its number, the truth underlined."""
    s = layout.scale
    block = layout.blocks[column.id]
    pitch = block.height / column.count
    left = block.x + (label_width(column, text) + 8) * s
    room = block.right - left
    best = int(np.argmax(np.nan_to_num(values, nan=-1.0)))
    painter.setFont(text.tiny)
    height = min(12 * s, pitch * 0.6)
    full, pale = QColor(theme.accent), mixed(theme.canvas, theme.accent, 0.5)
    for number, value in enumerate(np.nan_to_num(values).tolist()):
        middle = block.y + (number + 0.5) * pitch
        width = max(1.5 * s, value * room)
        area = QRectF(left, middle - height / 2, width, height)
        colour = full if number == best else pale
        if width < 3 * s:  # nothing to round, and most are so short
            painter.fillRect(area, colour)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            radius = min(2.5 * s, width / 2)
            painter.drawRoundedRect(area, radius, radius)
        if number == best:
            _draw_share(painter, QRectF(left, middle - pitch / 2, room, pitch), value, width, theme)
        if number == truth:
            painter.setPen(QPen(QColor(theme.good), 1.6 * s))
            y = middle + pitch * 0.42
            painter.drawLine(QPointF(left - 16 * s, y), QPointF(left - 8 * s, y))


def _draw_share(painter: QPainter, row: QRectF, value: float, width: float, theme: Theme) -> None:
    """The percentage: inside a long bar, behind a short one."""
    if width > row.width() * 0.55:
        painter.setPen(QColor(theme.on_accent))
        area = QRectF(row.x(), row.y(), width - 5, row.height())
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    else:
        painter.setPen(QColor(theme.text))
        area = QRectF(row.x() + width + 5, row.y(), row.width(), row.height())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(area, flags, f"{value * 100:.0f} %")


def draw_live(
    painter: QPainter,
    columns: Sequence[Column],
    layout: Layout,
    picture: Picture,
    frames: dict[str, QPixmap],
    theme: Theme,
    text: Lettering,
) -> None:
    """Everything that training changes but the links, in scene coordinates.

    Just after an edit the picture is that of the network before it: what has another form than its
    place now is left out.
    """
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
    for column in columns:
        pixels = picture.thumbnails.get(column.id)
        if column.kind == "units":
            boxes = layout.units[column.id]
            if pixels is not None and pixels.ndim == 3:
                draw_thumbnails(painter, boxes, pixels, frames.get("unit"))
            elif frames.get("unit") is not None:
                _draw_empty(painter, boxes, frames["unit"])
        elif column.kind == "tiles" and _has(pixels, 3, column):
            draw_thumbnails(painter, tile_boxes(layout, column), pixels, frames.get(column.id))
        elif column.kind == "cells" and _has(pixels, 1, column):
            draw_cells(painter, layout, column, pixels, theme)
        elif column.kind == "image" and column.id in picture.images:
            draw_picture(painter, layout.blocks[column.id], picture.images[column.id])
            if picture.caption:
                draw_caption(painter, layout.blocks[column.id], picture.caption, theme, text)
        elif column.kind == "maps" and pixels is not None and pixels.ndim == 3:
            draw_maps(painter, layout, column, pixels, theme)
        elif column.kind == "bars":
            values = picture.values.get(column.id)
            if _has(values, 1, column):
                draw_bars(painter, layout, column, values, picture.truth, theme, text)


def _has(array: np.ndarray | None, dimensions: int, column: Column) -> TypeGuard[np.ndarray]:
    """Whether an array has the form that a column shows: an entry for each of its parts."""
    return array is not None and array.ndim == dimensions and len(array) == column.count


def _draw_empty(painter: QPainter, boxes: Sequence[Box], frame: QPixmap) -> None:
    size = frame.width() / frame.devicePixelRatio()
    for box in boxes:
        painter.drawPixmap(QRectF(box.x - 2, box.y - 2, size, size), frame, QRectF(frame.rect()))


def draw_caption(painter: QPainter, box: Box, words: str, theme: Theme, text: Lettering) -> None:
    """A small line below a block."""
    painter.setFont(text.tiny)
    painter.setPen(QColor(theme.muted))
    area = QRectF(box.x - 30, box.bottom + 4 * text.scale, box.width + 60, 18 * text.scale)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)


def draw_picture(painter: QPainter, box: Box, pixels: np.ndarray) -> None:
    """An image with its pixels to be seen as squares, its proportions kept."""
    height, width = pixels.shape
    scale = min(box.width / width, box.height / height)
    x, y = box.centre
    area = QRectF(x - width * scale / 2, y - height * scale / 2, width * scale, height * scale)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(area, as_image(pixels))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
