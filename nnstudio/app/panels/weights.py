"""Every weight as a square: its sign is the colour, its size the strength, on one fixed scale."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLabel, QWidget

from nnstudio.app import heatmap, theme
from nnstudio.app.backdrop import draw_message
from nnstudio.app.figures import signed_text
from nnstudio.app.header import HEIGHT, Toggle
from nnstudio.app.mosaic import NARROWEST, Block, arrange, paint
from nnstudio.app.panel import NO_NETWORK, Panel, Table, panel
from nnstudio.app.readout import Readout
from nnstudio.app.view_panel import Picker
from nnstudio.app.weight_sources import extent, shown, source_of, titles
from nnstudio.app.weight_words import size_text, whose
from nnstudio.core.fitting import fits
from nnstudio.core.text import listed, mark, tr
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
    layer: str = ""  # only this one; empty: all
    own: bool = False  # each layer on a scale of its own
    firsts: tuple[tuple[str, int], ...] = ()  # the first image shown of some layers


@dataclass(frozen=True)
class Weights:
    """The mosaic in bytes, its blocks with the weights, and the scale that it is drawn on, or
    with ``scales`` that of each block."""

    request: Request
    canvas: np.ndarray
    blocks: list[Block]
    scale: float
    step: int
    left_out: int
    scales: tuple[float, ...] = ()


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
        self.layer = Picker(mark("Which layer"))
        self.own = Toggle(mark("contrast"), mark("Each layer on a scale of its own"))
        self._firsts: dict[str, int] = {}
        self._name_layers()
        self._note = QLabel()
        self._note.setProperty("role", "muted")
        self._note.setFixedHeight(HEIGHT)
        self._readout = Readout(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 90)

    def sizeHint(self) -> QSize:
        return QSize(410, 200)

    def header_widgets(self) -> list[QWidget]:
        """What the full colours stand for, what the squares show."""
        return [self._note, self.own, self.layer, self.what]

    def _name_layers(self) -> None:
        names = titles(self.document.setup.network)
        self.layer.set_words({"": tr("all layers"), **names}, plain=True)

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
            self.what.value, self.layer.value, self.own.isChecked(),
            tuple(self._firsts.items()),
        )  # fmt: skip

    @staticmethod
    def measure(view: View, request: Request) -> Weights:
        """Lay the matrices out and turn them into bytes."""
        network = view.setup.network
        sources = []
        names = titles(network)
        for node_id, weight in shown(view, request.what).items():
            if weight.ndim in (2, 4) and request.layer in ("", node_id):
                title = names[node_id]
                sources.append(source_of(network, node_id, title, weight, view.data))
        reach = extent([source.weight for source in sources])
        scale = request.scale
        if scale == 0.0 or reach > scale:
            scale = heatmap.round_up(reach)
        room = (request.width, request.height, request.ratio)
        blocks = arrange(sources, *room, dict(request.firsts))
        scales = tuple(
            heatmap.round_up(extent([block.source.weight]), least=1e-6) for block in blocks
        ) if request.own else ()  # fmt: skip
        levels = [
            heatmap.quantize(block.source.weight, own)
            for block, own in zip(blocks, scales or [scale] * len(blocks), strict=True)
        ]
        canvas = paint(blocks, levels, max(1, request.width), max(1, request.height))
        left_out = len(sources) - len(blocks)
        return Weights(request, canvas, blocks, scale, view.snapshot.step, left_out, scales)

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
        self._show_note()
        self.update()

    def _show_note(self) -> None:
        grown = time.monotonic() - self._grown < NOTICE
        text = ""
        if self._weights is not None and self._weights.scales:
            text = tr("own scales")
        elif self._scale:
            size = f"{self._scale:g}"
            text = (
                tr("scale grew to ±{size}", size=size) if grown else tr("scale ±{size}", size=size)
            )
        if text != self._note.text():
            self._note.setText(text)

    def document_changed(self) -> None:
        """Another network begins with a scale of its own; one that cannot run has no weights."""
        if not fits(self.document.setup, self.document.data):
            self._weights = None
        network = self.document.setup.network
        if network != self._network:
            self._network = network
            self._scale = 0.0
            self._firsts.clear()
        self._name_layers()
        if self._weights is not None:
            self._image = heatmap.image(self._weights.canvas)
        self._show_note()
        self.update()

    def summary(self) -> str:
        """Which matrices there are."""
        if self._weights is None:
            return tr(NO_NETWORK)
        if not self._weights.blocks:
            return tr("This network has no weights.")
        names = listed(f"{block.source.title} {size_text(block)}" for block in self._weights.blocks)
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
                tr("This network has no weights.") if weights is not None else tr(NO_NETWORK),
            )
            painter.end()
            return
        ratio = self._ratio(weights)
        size = QSizeF(self._image.width() / ratio, self._image.height() / ratio)
        painter.drawImage(QRectF(QPointF(0, 0), size), self._image)
        if theme.current().zero == theme.current().panel:  # else zeros could not be seen
            painter.setPen(QColor(theme.current().hairline))
            for block in weights.blocks:
                box = QRectF(block.x, block.y, block.width, block.height)
                painter.drawRect(QRectF(box.topLeft() / ratio, box.size() / ratio))
        self._draw_titles(painter, weights)
        self._draw_bar(painter, weights)
        painter.end()

    def _ratio(self, weights: Weights) -> float:
        """Pixels of the mosaic for a point: more than the screen's where it was made for a wider
        place, until it is made anew."""
        room = max(1, self.width() - BAR_ROOM)
        return max(weights.request.ratio, weights.request.width / room)

    def _draw_titles(self, painter: QPainter, weights: Weights) -> None:
        look, ratio = theme.current(), self._ratio(weights)
        edges = [block.x / ratio for block in weights.blocks[1:]] + [self.width() - BAR_ROOM + 20]
        lines = (
            (12, look.text, [block.source.title for block in weights.blocks], -1.0),
            (11, look.muted, self._sizes(weights), 14.0),
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

    @staticmethod
    def _sizes(weights: Weights) -> list[str]:
        """How large each block's weights are, and its scale if it has one of its own."""
        sizes = [size_text(block) for block in weights.blocks]
        if not weights.scales:
            return sizes
        return [f"{text} · ±{one:g}" for text, one in zip(sizes, weights.scales, strict=True)]

    def _draw_bar(self, painter: QPainter, weights: Weights) -> None:
        look = theme.current()
        ratio = self._ratio(weights)
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
        # With scales of their own the titles tell how far each goes.
        size = "" if weights.scales else f"{weights.scale:g}"
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
        ratio = self._ratio(self._weights)
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
                if block.image is not None and block.count < block.source.weight.shape[1]:
                    hint = [(tr("The wheel shows others."), "")]
                else:
                    hint = []
                whom = whose(block, *found, self.document.setup.network, self.document.data)
                return [(name, signed_text(value)), (whom, ""), *hint]
        return []

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll through images of which not all fit."""
        weights = self._weights
        block = self._over(event.position()) if weights is not None else None
        if block is None or block.image is None or block.count >= block.source.weight.shape[1]:
            super().wheelEvent(event)
            return
        self._scroll(block, -1 if event.angleDelta().y() > 0 else 1)
        event.accept()

    def _over(self, at: QPointF) -> Block | None:
        """The block under a point, with the room below it."""
        assert self._weights is not None
        x, ratio = at.x(), self._ratio(self._weights)
        for block in self._weights.blocks:
            if block.x / ratio <= x < (block.x + block.width) / ratio:
                return block
        return None

    def _scroll(self, block: Block, rows: int) -> None:
        """Show images from some rows further on; the next measure follows at once."""
        last = block.source.weight.shape[1] - block.count
        last = -(-last // block.columns) * block.columns
        self._firsts[block.source.node] = min(max(0, block.first + rows * block.columns), last)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows and Page keys scroll as the wheel does."""
        weights = self._weights
        keys = Qt.Key
        moves = {keys.Key_Up: -1, keys.Key_Down: 1, keys.Key_PageUp: -8, keys.Key_PageDown: 8}
        key = keys(event.key())
        long = (
            [b for b in weights.blocks if b.image and b.count < b.source.weight.shape[1]]
            if weights is not None
            else []
        )
        if key not in moves or not long:
            super().keyPressEvent(event)
            return
        for block in long:
            self._scroll(block, moves[key])

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._readout.hide()
