"""Every weight as a square: its sign is the colour, its size the strength, on one fixed scale."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from nnstudio.app import heatmap, theme
from nnstudio.app.backdrop import draw_message
from nnstudio.app.figures import signed_text
from nnstudio.app.header import HEIGHT
from nnstudio.app.mosaic import NARROWEST, Block, Source, arrange, paint
from nnstudio.app.panel import Panel, Table, panel
from nnstudio.app.readout import Readout
from nnstudio.app.view_panel import Picker
from nnstudio.app.weight_sources import extent, image_of, kernels, sees_input, shown, titles
from nnstudio.core.text import mark, named, tr
from nnstudio.engine.view import View

#: Width of the colour bar, and of it with its gap and numbers.
BAR, BAR_ROOM = 10, 58
#: Seconds for which a scale that has grown is pointed out.
NOTICE = 4.0


@dataclass(frozen=True)
class Request:
    """Room in pixels, how many of them make a point, and the scale so far (0: none yet)."""

    width: int
    height: int
    ratio: float
    scale: float
    language: str = ""
    what: str = "weights"


@dataclass(frozen=True)
class Weights:
    """The mosaic in bytes, its blocks with the weights, and the scale that it is drawn on."""

    request: Request
    canvas: np.ndarray
    blocks: list[Block]
    scale: float
    step: int
    left_out: int


@panel
class WeightsPanel(Panel):
    """Weight matrices side by side."""

    name = "weights"
    title = mark("Weights")
    help = mark("Every weight as a coloured square, or filters as small images.")
    group = mark("Weights")
    place = "bottom"
    at_first = True
    order = 20
    rate = 12.0

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self._weights: Weights | None = None
        self._image = QImage()
        self._scale = 0.0
        self._grown = 0.0
        self._network = document.setup.network
        self.what = Picker(
            mark("What the squares show"),
            {
                "weights": mark("weights"),
                "change": mark("change since the start"),
                "gradient": mark("gradient"),
            },
        )
        self.what.picked.connect(self._other)
        self._note = QLabel()
        self._note.setProperty("role", "muted")
        self._note.setFixedHeight(HEIGHT)
        self._readout = Readout(self)
        self.setMouseTracking(True)
        self.setMinimumSize(160, 90)

    def sizeHint(self) -> QSize:
        return QSize(410, 200)

    def header_widgets(self) -> list[QWidget]:
        """What the full colours stand for, what the squares show."""
        return [self._note, self.what]

    @Slot()
    def _other(self) -> None:
        self._scale = 0.0

    # --- measuring ---

    def request(self) -> Request:
        """The room for the mosaic."""
        ratio = self.devicePixelRatioF()
        width, height = max(0, self.width() - BAR_ROOM), self.height()
        return Request(
            round(width * ratio), round(height * ratio), ratio, self._scale, tr("Output"),
            self.what.value,
        )  # fmt: skip

    @staticmethod
    def measure(view: View, request: Request) -> Weights:
        """Lay the matrices out and turn them into bytes."""
        network = view.setup.network
        sources = []
        names = titles(network)
        for node_id, weight in shown(view, request.what).items():
            title = names[node_id]
            if weight.ndim == 2:
                image = image_of(network, network[node_id], view.data)
                sources.append(Source(node_id, title, weight.copy(), image))
            elif weight.ndim == 4:
                sources.append(kernels(node_id, title, weight))
        reach = extent([source.weight for source in sources])
        scale = request.scale
        if scale == 0.0 or reach > scale:
            scale = heatmap.round_up(reach)
        blocks = arrange(sources, request.width, request.height, request.ratio)
        levels = [heatmap.quantize(block.source.weight, scale) for block in blocks]
        canvas = paint(blocks, levels, max(1, request.width), max(1, request.height))
        left_out = len(sources) - len(blocks)
        return Weights(request, canvas, blocks, scale, view.snapshot.step, left_out)

    def display(self, result: Weights) -> None:
        """Take the new picture; say so if its scale has grown."""
        before = self._weights
        if before is not None and result.step < before.step and self._scale:
            self._scale = 0.0  # the run began anew: so does its scale, with the next measure
        elif result.request.what != self.what.value:
            return  # measured before another choice
        elif result.request.scale == self._scale:
            if self._scale and result.scale > self._scale:
                self._grown = time.monotonic()
            self._scale = result.scale
        self._weights = result
        self._image = heatmap.image(result.canvas)
        self._image.setDevicePixelRatio(result.request.ratio)
        self._show_note()
        self.update()

    def _show_note(self) -> None:
        grown = time.monotonic() - self._grown < NOTICE
        text = ""
        if self._scale:
            size = f"{self._scale:g}"
            text = (
                tr("scale grew to ±{size}", size=size) if grown else tr("scale ±{size}", size=size)
            )
        if text != self._note.text():
            self._note.setText(text)

    def document_changed(self) -> None:
        """Another network begins with a scale of its own."""
        network = self.document.setup.network
        if network != self._network:
            self._network = network
            self._scale = 0.0
        if self._weights is not None:
            self._image = heatmap.image(self._weights.canvas)
            self._image.setDevicePixelRatio(self._weights.request.ratio)
        self._show_note()
        self.update()

    def summary(self) -> str:
        """Which matrices there are."""
        if self._weights is None or not self._weights.blocks:
            return tr("This network has no weights.")
        names = ", ".join(
            f"{block.source.title} {size_text(block)}" for block in self._weights.blocks
        )
        return tr("Weights from −{size} to +{size}: {names}.", size=f"{self._scale:g}", names=names)

    def numbers(self) -> Table | None:
        """A row a weight."""
        weights = self._weights
        if weights is None:
            return None
        return ("layer", "input", "unit", "value"), (
            (block.source.title, i + 1, j + 1, value)
            for block in weights.blocks
            for i, row in enumerate(block.source.weight.tolist())
            for j, value in enumerate(row)
        )

    # --- painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        weights = self._weights
        if weights is None or not weights.blocks:
            draw_message(
                painter,
                QRectF(self.rect()),
                tr("This network has no weights.") if weights is not None else "",
            )
            painter.end()
            return
        painter.drawImage(QPointF(0, 0), self._image)
        self._draw_titles(painter, weights)
        self._draw_bar(painter, weights)
        painter.end()

    def _draw_titles(self, painter: QPainter, weights: Weights) -> None:
        look, ratio = theme.current(), weights.request.ratio
        edges = [block.x / ratio for block in weights.blocks[1:]] + [self.width() - BAR_ROOM + 20]
        lines = (
            (12, look.text, [block.source.title for block in weights.blocks], -1.0),
            (11, look.muted, [size_text(block) for block in weights.blocks], 14.0),
        )
        for pixels, colour, words, y in lines:
            font = theme.font(pixels)
            metrics = QFontMetricsF(font)
            painter.setFont(font)
            painter.setPen(QColor(colour))
            for block, edge, text in zip(weights.blocks, edges, words, strict=True):
                x = block.x / ratio
                room = edge - x - 4
                cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
                painter.drawText(QRectF(x, y, room + 2, 16), Qt.AlignmentFlag.AlignVCenter, cut)

    def _draw_bar(self, painter: QPainter, weights: Weights) -> None:
        look = theme.current()
        ratio = weights.request.ratio
        top = weights.blocks[0].y / ratio
        # As tall as the tallest matrix, but tall enough to read.
        tallest = max(block.height for block in weights.blocks) / ratio
        right = (
            max(block.x + max(block.width, NARROWEST * ratio) for block in weights.blocks) / ratio
        )
        left = min(self.width() - BAR_ROOM + 18.0, right + 32.0)
        bar = QRectF(left, top, BAR, max(60.0, tallest))
        bar.setBottom(min(bar.bottom(), self.height() - 4.0))
        shades = np.linspace(1, -1, 64)[:, None].repeat(2, axis=1)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(bar, heatmap.image(heatmap.quantize(shades, 1.0)))
        painter.setFont(theme.font(11))
        painter.setPen(QColor(look.muted))
        size = f"{weights.scale:g}"
        for share, text in ((0.0, f"+{size}"), (0.5, "0"), (1.0, f"−{size}")):
            y = bar.top() + share * bar.height()
            y = min(max(y, bar.top() + 6), bar.bottom() - 6)
            place = QRectF(bar.right() + 4, y - 8, BAR_ROOM, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)

    # --- reading ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        weights, at = self._weights, event.position()
        lines = self.reading(at) if weights is not None else []
        if lines:
            self._readout.read(at, lines)
        else:
            self._readout.hide()

    def reading(self, at: QPointF) -> list[tuple[str, str]]:
        """The number under a point, and whose it is; empty if there is none."""
        assert self._weights is not None
        ratio = self._weights.request.ratio
        for block in self._weights.blocks:
            found = block.at(at.x() * ratio, at.y() * ratio)
            if found is not None:
                part = block.source.weight[found]
                value = float(part.mean())
                name = tr("Weight") if part.size == 1 else tr("Mean of {n} weights", n=part.size)
                if self._weights.request.what == "change":
                    name = tr("Change of the weight")
                elif self._weights.request.what == "gradient":
                    name = tr("gradient")
                return [(name, signed_text(value)), (self._whose(block, *found), "")]
        return []

    def _whose(self, block: Block, inputs: slice, units: slice) -> str:
        """``x₁ → unit 3``."""
        network, data = self.document.setup.network, self.document.data
        unit = tr("unit {n}", n=_numbers(units))
        source = tr("input {n}", n=_numbers(inputs))
        if block.source.node in network:
            node = network[block.source.node]
            names = data.feature_names
            direct = sees_input(network, node)
            if block.image is not None:
                row, column = divmod(inputs.start, block.image[1])
                source = tr("pixel {row}, {column}", row=row + 1, column=column + 1)
                if block.source.channels:
                    number, channel = divmod(units.start, block.source.channels)
                    if block.source.channels > 1:
                        source = tr("channel {n}", n=channel + 1) + " · " + source
                    return f"{source} → " + tr("filter {n}", n=number + 1)
            elif direct and len(names) == block.source.weight.shape[0] and _one(inputs):
                source = named(names[inputs.start])
            elif not direct:
                source = tr("unit {n}", n=_numbers(inputs))
            classes = data.classes
            is_output = node.id == network.output.id
            if is_output and len(classes) == block.source.weight.shape[1] and _one(units):
                unit = named(classes[units.start])
        return f"{source} → {unit}"

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._readout.hide()


def _one(part: slice) -> bool:
    return bool(part.stop - part.start == 1)


def _numbers(part: slice) -> str:
    """``3`` or ``3–5``, counted from 1."""
    return f"{part.start + 1}" if _one(part) else f"{part.start + 1}–{part.stop}"


def size_text(block: Block) -> str:
    """``4 × 8``, ``128 of 28 × 28``, ``784 × 512``."""
    inputs, units = block.source.weight.shape
    if block.image is None:
        return f"{inputs} × {units}"
    high, wide = block.image
    shown = min(block.rows * block.columns, units)
    size = f"{high} × {wide}"
    if shown < units:
        return tr("{shown} of {units}, each {size}", shown=shown, units=units, size=size)
    return tr("{units} of {size}", units=units, size=size)
