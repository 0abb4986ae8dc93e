"""The decision surface: what the network says everywhere in the plane, with the points."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.analysis.probability import class_probabilities
from nnstudio.app import heatmap, theme
from nnstudio.app.backdrop import draw_card, draw_message
from nnstudio.app.figures import plain_text
from nnstudio.app.header import Toggle
from nnstudio.app.panel import NO_NETWORK, Panel, Table, panel
from nnstudio.app.plane_surface import (
    GRID,
    MOST_PIXELS,
    SURE,
    Request,
    Surface,
    between,
    grid_features,
    many_classes,
    one_number,
    picture,
    point_colours,
    stretch,
    value_scale,
)
from nnstudio.app.readout import Readout
from nnstudio.app.view_panel import Picker
from nnstudio.core.data import PLANE_LIMIT
from nnstudio.core.fitting import fits
from nnstudio.core.text import mark, named, tr
from nnstudio.engine.scoring import gives_logits
from nnstudio.engine.view import View

RADIUS = 6.0
LEAST, USUAL, MOST = 140, 280, 420
#: A click so near to a point, in pixels, means it.
NEAR = 9.0


@panel
class OutputSurface(Panel):
    """Orange where the network says class 0, blue where it says class 1."""

    name = "output"
    title = mark("Output")
    help = mark("What the network says everywhere in the plane.")
    group = mark("Predictions")
    place = "right"
    at_first = True
    order = 10
    fits = ("2-D",)
    rate = 30.0

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self._surface: Surface | None = None
        self._image = QImage()
        self._points = QPixmap()
        self._test = Toggle(mark("test data"), mark("Show the validation points too."))
        self._discretize = Toggle(
            mark("discretize"), mark("Show only which class wins, without shades.")
        )
        self.what = Picker(mark("What the colours show"))
        self._drawn: tuple[Any, ...] = (None, None, None)
        self._offer()
        document.selection.changed.connect(self.update)
        self._test.toggled.connect(self._redraw_points)
        self._readout = Readout(self)
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def shows_validation(self) -> bool:
        """Whether the validation points show too."""
        return bool(self._test.isChecked())

    def show_validation(self, shown: bool = True) -> None:
        """Show the validation points too, or not."""
        self._test.setChecked(shown)

    # --- size: a square ---

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return min(width, MOST)

    def sizeHint(self) -> QSize:
        return QSize(USUAL, USUAL)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST, LEAST)

    def plane(self) -> QRectF:
        """Where the plane is drawn: the largest square in the middle."""
        side = min(self.width(), self.height())
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    # --- measuring ---

    def request(self) -> Request:
        """The choice, and the size."""
        pixels = round(self.plane().width() * self.devicePixelRatioF())
        pixels = max(GRID, min(pixels, MOST_PIXELS))
        return Request(self._discretize.isChecked(), pixels, self.what.value or "classes")

    @staticmethod
    def measure(view: View, request: Request) -> Surface | None:
        """Predict the grid; None for data that is no plane, or an output that is no one value.

        Between the points of the grid the logits are interpolated, not the probabilities: a
        border stays sharp and smooth where the network is sure of itself.
        """
        data = view.data
        if data.plane is None:
            return None
        output = view.predict(grid_features(data.plane))
        scale = 1.0
        if data.task == "classification":
            probabilities = class_probabilities(output, gives_logits(view.setup.network))
            if probabilities.shape[1] != len(data.classes):
                return None
            if request.what != "classes":
                return one_number(probabilities, request, data)
            if probabilities.shape[1] > 2:
                return many_classes(probabilities, request, data)
            sure = np.clip(probabilities, SURE, 1.0)  # NaN stays NaN
            flat = np.log(sure[:, 1] / sure[:, 0])
        else:
            flat = output.reshape(GRID * GRID, -1)[:, 0]
            scale = value_scale(data)
        values = flat.reshape(GRID, GRID).astype(np.float32)
        weights = stretch(request.pixels)
        fine = weights @ values @ weights.T
        if data.task == "classification":
            fine = np.sign(fine) if request.discretize else np.tanh(fine / 2)
        return Surface(values, heatmap.quantize(fine, scale), data)

    def display(self, result: Surface) -> None:
        """Take the new surface."""
        self._surface = result
        self._image = picture(result)
        self.update(self.plane().toAlignedRect())

    def document_changed(self) -> None:
        """New points, new colours; a network that cannot run has no answers."""
        data = self.document.data
        if self._surface is not None:
            if self._surface.data is not data or not fits(self.document.setup, data):
                self._surface = None
            else:
                self._image = picture(self._surface)
        self._offer()
        self._discretize.setEnabled(data.task == "classification")
        # Most edits of a network leave the points as they are.
        if any(a is not b for a, b in zip(self._drawn, self._looks(), strict=True)):
            self._redraw_points()

    def _looks(self) -> tuple[Any, ...]:
        """What decides how the points look, besides the size."""
        return (self.document.data, theme.current(), self._test.isChecked())

    def header_widgets(self) -> list[QWidget]:
        """What, test data, discretize."""
        return [self.what, self._test, self._discretize]

    def _offer(self) -> None:
        data = self.document.data
        words = {"classes": tr("surface")}
        if data.task == "classification":
            words["confidence"] = tr("confidence")
            words |= {str(at): named(name) for at, name in enumerate(data.classes)}
        self.what.set_words(words, plain=True)

    def numbers(self) -> Table | None:
        """Every point of the grid."""
        surface = self._surface
        if surface is None:
            return None
        at = (np.arange(GRID) + 0.5) / GRID * 2 * PLANE_LIMIT - PLANE_LIMIT
        flat = surface.values.reshape(GRID, GRID, -1)
        width = flat.shape[2]
        return ("x1", "x2", *(f"value {i + 1}" for i in range(width))), (
            (float(x1), float(-x2), *flat[row, column].tolist())
            for row, x2 in enumerate(at)
            for column, x1 in enumerate(at)
        )

    def summary(self) -> str:
        """What the surface is about."""
        data = self.document.data
        if data.plane is None:
            return tr("The output is shown for 2-D data.")
        if not fits(self.document.setup, data):
            return tr(NO_NETWORK)
        return tr(
            "The network’s output over x₁ and x₂ from −6 to 6, with {n} training points.",
            n=len(data.train),
        )

    # --- painting ---

    @Slot()
    def _redraw_points(self) -> None:
        """Points stand still, so they are painted once, onto a layer of their own."""
        self._drawn = self._looks()
        plane, ratio = self.plane(), self.devicePixelRatioF()
        size = QSize(max(1, round(plane.width() * ratio)), max(1, round(plane.height() * ratio)))
        self._points = QPixmap(size)
        self._points.setDevicePixelRatio(ratio)
        self._points.fill(Qt.GlobalColor.transparent)
        data = self.document.data
        if data.points is not None:
            painter = QPainter(self._points)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            look = theme.current()
            if self._test.isChecked() and data.valid_points is not None:
                self._draw_points(painter, data.valid_points, data.valid.y, look.text)
            classes = data.task == "classification"
            outline = look.panel if classes else look.earlier  # pale points need a border
            self._draw_points(painter, data.points, data.train.y, outline)
            painter.end()
        self.update()

    def _draw_points(
        self, painter: QPainter, points: np.ndarray, y: np.ndarray, outline: str
    ) -> None:
        side = self.plane().width()
        radius = np.clip(side / 75 * (200 / max(len(points), 1)) ** 0.2, 1.6, 4.6)
        at = (points * [1, -1] + PLANE_LIMIT) / (2 * PLANE_LIMIT) * side
        painter.setPen(QPen(QColor(outline), 1.1))
        colours = point_colours(y[:, 0], self.document.data)
        for (x, y_), colour in zip(at.tolist(), colours, strict=True):
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(x, y_), radius, radius)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._redraw_points()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        plane = self.plane()
        look = theme.current()
        if self._surface is None:
            draw_card(painter, plane, look.canvas)
            if self.document.data.plane is None:
                draw_message(painter, plane, tr("The output is shown for 2-D data."))
                painter.end()
                return
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(plane, self._image)
        painter.drawPixmap(plane.topLeft(), self._points)
        self._ring_example(painter, plane)
        self._round_corners(painter, plane)
        painter.end()

    def _places(self, part: str) -> np.ndarray:
        """Points of a part (n, 2) in pixels."""
        data, plane = self.document.data, self.plane()
        points = data.points if part == "train" else data.valid_points
        if points is None:
            return np.empty((0, 2))
        share = (points * [1, -1] + PLANE_LIMIT) / (2 * PLANE_LIMIT)
        return share * plane.width() + [plane.x(), plane.y()]

    def _ring_example(self, painter: QPainter, plane: QRectF) -> None:
        """The example that is looked at, if it is drawn."""
        example = self.document.selection.example
        if example is None or (example.part == "valid" and not self._test.isChecked()):
            return
        places = self._places(example.part)
        if example.row < len(places):
            x, y = places[example.row].tolist()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.current().panel), 3.6))
            painter.drawEllipse(QPointF(x, y), 7, 7)
            painter.setPen(QPen(QColor(theme.current().text), 1.8))
            painter.drawEllipse(QPointF(x, y), 7, 7)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A point becomes the example that is looked at."""
        at = event.position()
        for part in ("train", "valid") if self._test.isChecked() else ("train",):
            places = self._places(part)
            away = np.hypot(*(places - [at.x(), at.y()]).T) if len(places) else np.empty(0)
            if len(away) and away.min() <= NEAR:
                self.document.selection.choose_example(part, int(away.argmin()))
                return
        super().mousePressEvent(event)

    def _round_corners(self, painter: QPainter, plane: QRectF) -> None:
        """Cover the corners, which is cheaper than clipping the picture to them."""
        corners = QPainterPath()
        corners.addRect(plane)
        corners.addRoundedRect(plane, RADIUS, RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().panel))
        painter.drawPath(corners)

    # --- reading ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the point under the mouse."""
        plane, at = self.plane(), event.position()
        if self._surface is None or not plane.contains(at):
            self._readout.hide()
            return
        across = (at.x() - plane.x()) / plane.width()
        down = (at.y() - plane.y()) / plane.height()
        x1, x2 = (across * 2 - 1) * PLANE_LIMIT, (1 - down * 2) * PLANE_LIMIT
        lines = [("x₁", f"{plain_text(x1)}"), ("x₂", f"{plain_text(x2)}")]
        self._readout.read(at, [*lines, self.reading(across, down)])

    def reading(self, across: float, down: float) -> tuple[str, str]:
        """The prediction at a place (0 to 1 from the left, from the top), in words."""
        assert self._surface is not None
        data = self.document.data
        if self._surface.values.ndim == 3:
            shares = np.array(
                [
                    between(self._surface.values[..., at], across, down)
                    for at in range(self._surface.values.shape[2])
                ]
            )
            best = int(shares.argmax())
            return named(data.classes[best]), f"{shares[best] * 100:.1f} %"
        value = between(self._surface.values, across, down)
        if data.task == "classification":
            share = 0.5 + 0.5 * float(np.tanh(value / 2))
            name = named(data.classes[1] if share >= 0.5 else data.classes[0])
            return name, f"{max(share, 1 - share) * 100:.1f} %"
        return tr("prediction"), plain_text(float(data.in_units(np.array(value))))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._readout.hide()
