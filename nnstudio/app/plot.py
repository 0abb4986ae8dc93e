"""A calm plot of curves: two axes without lines, few round ticks, hairlines across."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from nnstudio.app import theme
from nnstudio.app.scatter import few_ticks
from nnstudio.app.strokes import narrowed, splits
from nnstudio.app.tick_texts import log_ticks, power_text

LEFT = 44
BOTTOM = 20


class CalmAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of words only. ``kind`` is ``"plain"``, ``"log"`` (values are log10) or
    ``"percent"`` (values are shares)."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation, showValues=True)
        self.kind = "plain"
        self.scaling = (0.0, 1.0)  # a number stands at offset + factor · number of the plot
        self.setStyle(
            tickLength=0,
            tickTextOffset=3 if orientation == "bottom" else 6,
            hideOverlappingLabels=False,
        )
        self.enableAutoSIPrefix(False)

    def show_as(self, kind: str) -> None:
        """Show values of another kind."""
        if kind != self.kind:
            self.kind = kind
            self.picture = None
            self.update()

    def map_to(self, own: tuple[float, float], shown: tuple[float, float]) -> None:
        """Let a range of numbers of its own stand where the plot's range ``shown`` is."""
        factor = (shown[1] - shown[0]) / (own[1] - own[0])
        scaling = (shown[0] - own[0] * factor, factor)
        if scaling != self.scaling:
            self.scaling = scaling
            self.picture = None
            self.update()

    def placed(self, values: np.ndarray) -> np.ndarray:
        """Its own numbers as the plot's."""
        return self.scaling[0] + self.scaling[1] * values

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """All ticks on one level."""
        offset, factor = self.scaling
        low, high = (low - offset) / factor, (high - offset) / factor
        if self.kind == "log":
            return [(1.0, log_ticks(low, high, max(2, int(size / 28))))]
        most = max(2, int(size / (90 if self.orientation == "bottom" else 32)))
        ticks = few_ticks(low, high, min(most, 5))
        return [(1.0, [offset + factor * at for at in ticks])]

    def drawPicture(self, p: Any, axisSpec: Any, tickSpecs: Any, textSpecs: Any) -> None:
        """The words only: a tick of length 0 would still leave a dot."""
        super().drawPicture(p, axisSpec, [], textSpecs)

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """``0.03``, ``1e−5``, ``40 %``, ``120,000``."""
        if self.kind == "log":
            return [power_text(value) for value in values]
        if self.scaling != (0.0, 1.0):
            offset, factor = self.scaling
            values = [round((value - offset) / factor, 9) for value in values]
        if self.kind == "percent":
            return [f"{value * 100:.6g} %" for value in values]
        return [f"{value:,.10g}".replace("-", "−") for value in values]


class Curve(pg.PlotDataItem):  # type: ignore[misc]
    """A curve in the pen that suits its number of points (strokes.py)."""

    def __init__(self, **options: Any) -> None:
        self._wanted = QPen()
        super().__init__(**options)

    def setPen(self, *wanted: Any, **options: Any) -> None:
        """The pen for a curve of few points."""
        self._wanted = pg.mkPen(*wanted, **options)
        self._suit(0 if self.xData is None else len(self.xData))

    def setData(self, *columns: Any, **options: Any) -> None:
        """Other points."""
        if columns:
            if len(columns[0]) == 0 and (self.xData is None or len(self.xData) == 0):
                return
            self._suit(len(columns[0]))
        super().setData(*columns, **options)

    def _suit(self, count: int) -> None:
        whole = splits(self._wanted)
        pen = self._wanted if whole else narrowed(self._wanted, count)
        self.curve.setSegmentedLineMode("on" if whole else "off")
        if pen != self.opts["pen"]:
            super().setPen(pen)


class CalmPlot(pg.PlotWidget):  # type: ignore[misc]
    """Curves over steps. Nothing can be dragged; the range follows what is shown."""

    def __init__(self, parent: Any = None) -> None:
        self.left, self.bottom = CalmAxis("left"), CalmAxis("bottom")
        self.right = CalmAxis("right")
        axes = {"left": self.left, "bottom": self.bottom, "right": self.right}
        super().__init__(parent, axisItems=axes)
        self.right.hide()
        self.setBackground(None)
        self.viewport().setAutoFillBackground(False)  # else it has the window's colour
        # pyqtgraph caches the background, which without a brush stays white in the dark theme.
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents, False)
        self.getPlotItem().setContentsMargins(0, 6, 20, 0)  # half a number at the right
        box = self.getViewBox()
        box.disableAutoRange()
        box.setDefaultPadding(0)
        box.setBorder(None)
        self.left.setWidth(LEFT)
        self.right.setWidth(LEFT)
        self.bottom.setHeight(BOTTOM)
        self._lines: list[pg.InfiniteLine] = []
        self.dress()

    def crosshair(self) -> pg.InfiniteLine:
        """A vertical line, hidden at first."""
        line = pg.InfiniteLine(angle=90, movable=False)
        line.setVisible(False)
        self.addItem(line, ignoreBounds=True)
        return line

    def label(self) -> pg.TextItem:
        """A word at the end of a curve, hidden at first."""
        item = pg.TextItem(anchor=(1, 1))
        item.setFont(theme.font(11))
        item.setVisible(False)
        self.addItem(item, ignoreBounds=True)
        return item

    def curve(self, z: float = 0, *, fine: bool = False) -> pg.PlotDataItem:
        """A new empty curve: one item for life, fed with ``setData``.

        ``fine`` lines are antialiased: decimate first.
        """
        made = Curve(antialias=fine)
        made.setClipToView(True)
        made.setZValue(z)
        self.addItem(made)
        return made

    def frame(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """The range that is shown; hairlines go to the ticks. From 0 on it grows by a fiftieth at
        a time: a plot whose range changes at every picture is laid out anew at every picture."""
        box = self.getViewBox()
        if x[0] == 0.0 and x[1] > 1.0:
            part = 10.0 ** math.floor(math.log10(x[1])) / 50
            x = (0.0, math.ceil(x[1] / part - 1e-9) * part)
        if not (np.allclose(box.viewRange()[0], x) and np.allclose(box.viewRange()[1], y)):
            box.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=False)
        self._draw_hairlines(y)

    def settle(self) -> None:
        """Place at once what pyqtgraph places only when it is painted, and then paints again."""
        self.sceneObj.prepareForPaint()

    def _draw_hairlines(self, y: tuple[float, float]) -> None:
        ticks = self.left.tickValues(*y, box_height(self))[0][1]
        while len(self._lines) < len(ticks):
            line = pg.InfiniteLine(angle=0, movable=False, pen=self._hairline)
            line.setZValue(-10)
            self.addItem(line, ignoreBounds=True)
            self._lines.append(line)
        for at, line in enumerate(self._lines):
            line.setVisible(at < len(ticks))
            if at < len(ticks) and line.value() != ticks[at]:
                line.setValue(ticks[at])

    def dress(self) -> None:
        """The present theme's colours and type."""
        look = theme.current()
        self._hairline = QPen(QColor(look.groove), 1)
        self._hairline.setCosmetic(True)
        for axis in (self.left, self.bottom, self.right):
            axis.setPen(QPen(Qt.PenStyle.NoPen))
            axis.setTextPen(QPen(QColor(look.muted)))
            axis.setTickFont(theme.font(11))
        for line in self._lines:
            line.setPen(self._hairline)


def box_height(plot: pg.PlotWidget) -> float:
    """The height of the inner area in pixels."""
    return float(plot.getViewBox().height())


def pen(colour: str, *, dashed: bool = False, alpha: float = 1.0, width: float = 1.0) -> QPen:
    """A pen that keeps its width whatever the scale."""
    ink = QColor(colour)
    ink.setAlphaF(alpha)
    made = QPen(ink, width)
    made.setCosmetic(True)
    if dashed:
        made.setDashPattern([4, 3])
    return made
