"""The decision surface: what the network says everywhere in the plane, with the points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
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
from nnstudio.app.class_colours import class_colour, class_image, class_levels
from nnstudio.app.figures import plain_text
from nnstudio.app.header import Toggle
from nnstudio.app.panel import Panel, panel
from nnstudio.app.readout import Readout
from nnstudio.core.data import PLANE_LIMIT, Data, plane_features
from nnstudio.core.text import mark, named, tr
from nnstudio.engine.scoring import gives_logits
from nnstudio.engine.view import View

#: Points along each side of the surface.
GRID = 100
RADIUS = 6.0
LEAST, USUAL, MOST = 140, 280, 420
MOST_PIXELS = 640
#: Probabilities nearer to 0 and 1 than this count as equal.
SURE = 1e-7


@dataclass(frozen=True)
class Surface:
    """``values`` (GRID, GRID) float32, the top row first: log(p / (1 − p)) of class 1, else the
    prediction; for three or more classes (GRID, GRID, classes) probabilities. ``levels`` is the
    picture in bytes of colour, of as many pixels as were asked for."""

    values: np.ndarray
    levels: np.ndarray
    data: Data


@dataclass(frozen=True)
class Request:
    """How the surface is wanted: discretized or not, and its side in pixels."""

    discretize: bool
    pixels: int


@lru_cache(maxsize=4)
def grid_features(features: tuple[str, ...]) -> np.ndarray:
    """The features (GRID², features) at the middle of each cell of the plane, x₂ = 6 first."""
    at = (np.arange(GRID) + 0.5) / GRID * 2 * PLANE_LIMIT - PLANE_LIMIT
    x1, x2 = np.meshgrid(at, -at)
    return plane_features(np.stack([x1.ravel(), x2.ravel()], 1).astype(np.float32), features)


@lru_cache(maxsize=4)
def stretch(pixels: int) -> np.ndarray:
    """(pixels, GRID) float32: the shares of the grid's points in each pixel, bilinear."""
    at = np.clip((np.arange(pixels) + 0.5) / pixels * GRID - 0.5, 0, GRID - 1)
    return np.maximum(0, 1 - np.abs(at[:, None] - np.arange(GRID))).astype(np.float32)


def value_scale(data: Data) -> float:
    """The value that gets the full colour: 1 for classes, the largest target otherwise."""
    if data.task == "classification":
        return 1.0
    return float(max(np.abs(data.train.y).max(initial=0.0), 1e-6))


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
        self._test.toggled.connect(self._redraw_points)
        self._readout = Readout(self)
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_validation(self) -> None:
        """Show the validation points too."""
        self._test.setChecked(True)

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
        return Request(self._discretize.isChecked(), max(GRID, min(pixels, MOST_PIXELS)))

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
        """New points, new colours."""
        if self._surface is not None:
            if self._surface.data is not self.document.data:
                self._surface = None
            else:
                self._image = picture(self._surface)
        self._discretize.setEnabled(self.document.data.task == "classification")
        self._redraw_points()

    def header_widgets(self) -> list[QWidget]:
        """Test data, discretize."""
        return [self._test, self._discretize]

    def summary(self) -> str:
        """What the surface is about."""
        data = self.document.data
        if data.plane is None:
            return tr("The output is shown for 2-D data.")
        return tr(
            "The network’s output over x₁ and x₂ from −6 to 6, with {n} training points.",
            n=len(data.train),
        )

    # --- painting ---

    @Slot()
    def _redraw_points(self) -> None:
        """Points stand still, so they are painted once, onto a layer of their own."""
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
        self._round_corners(painter, plane)
        painter.end()

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


def many_classes(probabilities: np.ndarray, request: Request, data: Data) -> Surface:
    """The surface of probabilities (GRID², classes) of three or more classes."""
    shares = probabilities.reshape(GRID, GRID, -1).astype(np.float32)
    weights = stretch(request.pixels)
    fine = np.stack([weights @ shares[..., at] @ weights.T for at in range(shares.shape[2])], 2)
    return Surface(shares, class_levels(fine, discretize=request.discretize), data)


def picture(surface: Surface) -> QImage:
    """A surface in the present theme's colours."""
    show = class_image if surface.values.ndim == 3 else heatmap.image
    return show(surface.levels)


def point_colours(values: np.ndarray, data: Data) -> list[QColor]:
    """The colour of each of some points by its class or number (n,)."""
    if len(data.classes) > 2:
        colours = [QColor(class_colour(number)) for number in range(len(data.classes))]
        return [colours[number] for number in values.astype(int).tolist()]
    scaled = 2 * values - 1 if data.task == "classification" else values / value_scale(data)
    return [QColor.fromRgb(colour) for colour in heatmap.colours(scaled, 1.0)]


def between(values: np.ndarray, across: float, down: float) -> float:
    """The value at a place (0 to 1) between the middles of four cells, bilinear."""
    rows, columns = values.shape
    x = float(np.clip(across * columns - 0.5, 0, columns - 1))
    y = float(np.clip(down * rows - 0.5, 0, rows - 1))
    i, j = min(int(y), rows - 2), min(int(x), columns - 2)
    u, v = y - i, x - j
    top = values[i, j] * (1 - v) + values[i, j + 1] * v
    bottom = values[i + 1, j] * (1 - v) + values[i + 1, j + 1] * v
    return float(top * (1 - u) + bottom * u)
