"""Training and validation loss over the steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from nnstudio.analysis.smoothing import decimate, smooth
from nnstudio.app import theme
from nnstudio.app.figures import loss_text, percent_text
from nnstudio.app.header import HeaderButton, Key, Toggle
from nnstudio.app.i18n import say
from nnstudio.app.panel import Panel, Table, panel
from nnstudio.app.readout import Readout
from nnstudio.app.rest import at_rest
from nnstudio.app.time.run_names import run_colour, run_name
from nnstudio.app.zoom import RangeZoom, seen
from nnstudio.core.text import language, mark, tr
from nnstudio.engine.history import Curves
from nnstudio.engine.view import View

if TYPE_CHECKING:
    from nnstudio.app.plot import CalmPlot

#: Smoothing: a name, and the share of the points that are averaged.
SMOOTHING = (
    (mark("off"), 0.0),
    (mark("a little"), 0.01),
    (mark("medium"), 0.03),
    (mark("strong"), 0.1),
)
#: At most so many other runs are drawn.
EARLIER = 6
#: Values that cannot be drawn on a logarithmic axis are drawn here.
SMALLEST = 1e-12

#: Pixels that share a smallest and a largest value.
PIXELS = 2

Line = tuple[np.ndarray, np.ndarray]
EMPTY: Line = (np.empty(0), np.empty(0))


@dataclass(frozen=True)
class Overlay:
    """The curves of another run, its name and its colour."""

    curves: Curves
    name: str
    colour: str


@dataclass(frozen=True)
class Request:
    """What to draw: loss or accuracy, on which axis, how smooth, for how many pixels, and which
    earlier runs (``count`` of them: the curves themselves are not compared)."""

    accuracy: bool
    logarithmic: bool
    smoothing: float
    width: int
    count: int = 0
    earlier: tuple[Overlay, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Plotted:
    """Curves in the axis's numbers (log10 if it is logarithmic), each x and y.

    ``raw`` is the training curve as it was when ``train`` is smoothed, else empty; ``last`` is
    the last step of all runs, ``low`` and ``high`` the range of their values.
    """

    request: Request
    curves: Curves
    train: Line
    raw: Line
    valid: Line
    earlier: tuple[Line, ...]
    last: float
    low: float
    high: float
    past: float = -1.0  # the step that is looked back at


def last_step(curves: Curves) -> float:
    """The step that a run has come to."""
    return float(curves.step[-1]) if len(curves.step) else 0.0


def curve(x: np.ndarray, y: np.ndarray, smoothing: float, logarithmic: bool, width: int) -> Line:
    """One curve, ready to draw."""
    known = np.isfinite(y)
    x, y = x[known], y[known]
    if logarithmic:
        y = np.log10(np.maximum(y, SMALLEST))
    if smoothing:
        y = smooth(y, max(1.0, smoothing * len(y)))
    return decimate(x, y, width // PIXELS)


@panel
class LossPanel(Panel):
    """Training solid, validation dashed, other runs in their colours."""

    name = "loss"
    title = mark("Loss")
    help = mark("Training and validation loss over the steps.")
    group = mark("Training")
    place = "bottom"
    at_first = True
    order = 10
    rate = 20.0

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self._plotted: Plotted | None = None
        self.plot: CalmPlot | None = None
        self._dressed: tuple[Any, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._empty = QLabel(self)
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._make_header()
        self.setMinimumSize(160, 90)

    def _build(self) -> CalmPlot:
        """Make the plot when there is something to show: its library takes half a second to load,
        so that waits until after the window's first picture.

        It is loaded on this thread: it patches Qt's classes, which crashes a window that paints
        meanwhile.
        """
        if self.plot is not None:
            return self.plot
        from nnstudio.app.plot import CalmPlot

        plot = self.plot = CalmPlot(self)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(plot)
        self._grey = [plot.curve(z=1) for _ in range(EARLIER)]
        self._names = [plot.label() for _ in range(EARLIER)]
        self._past = plot.crosshair()
        self._raw = plot.curve(z=2)
        self._valid = plot.curve(z=3, fine=True)
        self._train = plot.curve(z=4, fine=True)
        self._crosshair = plot.crosshair()
        self._readout = Readout(plot.viewport())
        self._zoom = RangeZoom(plot)
        self._zoom.changed.connect(self._feed)
        plot.viewport().setMouseTracking(True)
        plot.viewport().installEventFilter(self)
        self._empty.raise_()
        self._dress(plot)
        return plot

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sentence of an empty plot stays in its middle."""
        super().resizeEvent(event)
        self._empty.setGeometry(self.rect())

    def _make_header(self) -> None:
        self._key = Key(((mark("train"), False), (mark("validation"), True)))
        self._log = Toggle(mark("log"), mark("Logarithmic scale"))
        self._accuracy = Toggle(mark("accuracy"), mark("Show accuracy instead of loss"))
        self._smooth = HeaderButton(mark("smooth ▾"), mark("How much to smooth the curves"))
        self._smooth.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._smooth)
        self._choices = QActionGroup(menu)
        for at, (name, share) in enumerate(SMOOTHING):
            action = say(QAction(menu), text=name)
            action.setCheckable(True)
            action.setChecked(at == 0)
            action.setData(share)
            self._choices.addAction(action)
            menu.addAction(action)
        self._smooth.setMenu(menu)

    def header_widgets(self) -> list[QWidget]:
        """The key, and how to draw."""
        return [self._key, self._smooth, self._accuracy, self._log]

    # --- measuring ---

    def request(self) -> Request:
        """The toggles and the width in pixels."""
        accuracy = self._accuracy.isChecked() and self._accuracy.isEnabled()
        chosen = self._choices.checkedAction()
        return Request(
            accuracy,
            self._log.isChecked() and not accuracy,
            float(chosen.data()) if chosen is not None else 0.0,
            max(100, self.width()),
            self.session.runs.version if self.session is not None else 0,
            self._others(),
        )

    def _others(self) -> tuple[Overlay, ...]:
        """Other runs of the same problem: the pinned ones, and the newest."""
        if self.session is None:
            return ()
        runs, setup = self.session.runs, self.document.setup
        present = runs.present
        number = present.number if present is not None else 0
        alike = [
            run for run in runs.all()
            if run.number != number and not run.hidden and run.curves is not None
            and run.setup is not None and run.setup.dataset == setup.dataset
            and run.setup.training.loss == setup.training.loss
        ]  # fmt: skip
        alike.sort(key=lambda run: (run.pinned, run.number), reverse=True)
        return tuple(
            Overlay(run.curves, run_name(run), run_colour(run))
            for run in alike[:EARLIER] if run.curves is not None
        )  # fmt: skip

    @staticmethod
    def measure(view: View, request: Request) -> Plotted:
        """The curves, smoothed and as fine as the screen."""
        curves = at_rest(view.curves, view.snapshot)

        def line(run: Curves, name: str, smoothing: float) -> Line:
            y = getattr(run, name + ("_accuracy" if request.accuracy else "_loss"))
            return curve(run.step, y, smoothing, request.logarithmic, request.width)

        train = line(curves, "train", request.smoothing)
        valid = line(curves, "valid", request.smoothing)
        raw = line(curves, "train", 0.0) if request.smoothing else EMPTY
        earlier = tuple(
            line(run.curves, "train", max(request.smoothing, 0.01)) for run in request.earlier
        )
        shown = [y for _, y in (train, valid, raw, *earlier) if len(y)]
        return Plotted(
            request,
            curves,
            train,
            raw,
            valid,
            earlier,
            max(last_step(run) for run in (curves, *(o.curves for o in request.earlier))),
            min((float(y.min()) for y in shown), default=0.0),
            max((float(y.max()) for y in shown), default=1.0),
            float(view.snapshot.step) if view.snapshot.past else -1.0,
        )

    def display(self, result: Plotted) -> None:
        """Feed the curves."""
        self._plotted = result
        self._feed()

    @Slot()
    def _feed(self) -> None:
        plotted = self._plotted
        if plotted is None:
            return
        self._build()
        from nnstudio.app.plot import pen

        self._train.setData(*plotted.train)
        self._valid.setData(*plotted.valid)
        self._raw.setData(*plotted.raw)
        for at, (item, label) in enumerate(zip(self._grey, self._names, strict=True)):
            there = at < len(plotted.earlier) and len(plotted.earlier[at][0]) > 0
            item.setData(*(plotted.earlier[at] if there else EMPTY))
            label.setVisible(there)
            if there:
                other, (x, y) = plotted.request.earlier[at], plotted.earlier[at]
                item.setPen(pen(other.colour, alpha=0.75, width=1.2))
                label.setText(other.name, color=other.colour)
                label.setPos(float(x[-1]), float(y[-1]))
        self._past.setVisible(plotted.past >= 0)
        self._past.setValue(max(plotted.past, 0.0))
        self._empty.setVisible(not len(plotted.train[0]) and not plotted.earlier)
        self._frame(plotted)

    def _frame(self, plotted: Plotted) -> None:
        request, low, high = plotted.request, plotted.low, plotted.high
        kind = "percent" if request.accuracy else "log" if request.logarithmic else "plain"
        plot = self._build()
        plot.left.show_as(kind)
        if kind == "log":
            pad = max(0.06 * (high - low), 0.05)
            vertical = (low - pad, high + pad)
        elif kind == "percent":
            vertical = (max(0.0, low - 0.06 * (1.0 - low)), 1.01)
        else:
            vertical = (-0.02 * max(high, 1e-9), 1.06 * max(high, 1e-9))
        part = self._zoom.part
        found = seen(part, [plotted.train, plotted.valid]) if part is not None else None
        if part is not None and found is not None:
            room = max(0.08 * (found[1] - found[0]), 1e-9)
            plot.frame(part, (found[0] - room, found[1] + room))
        else:
            plot.frame((0.0, max(1.0, plotted.last)), vertical)

    def document_changed(self) -> None:
        """Colours, and whether there is an accuracy."""
        classifies = self.document.data.task == "classification"
        self._accuracy.setEnabled(classifies)
        if self._accuracy.parentWidget() is not None:  # else it would become a window
            self._accuracy.setVisible(classifies)
        self._empty.setText(tr("The loss appears here when training begins."))
        dressed = (theme.current(), language())
        if dressed == self._dressed:
            return  # an edit changes no curve: those come by measure
        self._dressed = dressed
        if self.plot is not None:
            self._dress(self.plot)
        self._feed()

    def _dress(self, plot: CalmPlot) -> None:
        from nnstudio.app.plot import pen

        look = theme.current()
        plot.dress()
        plot.setAccessibleName(tr("Loss curves"))
        self._train.setPen(pen(look.accent, width=1.5))
        self._valid.setPen(pen(look.accent, dashed=True, width=1.4))
        self._raw.setPen(pen(look.accent, alpha=0.35))
        self._crosshair.setPen(pen(look.earlier))
        self._past.setPen(pen(look.accent, width=1.2))

    def numbers(self) -> Table | None:
        """Every point of the curves, not smoothed."""
        if self._plotted is None or not len(self._plotted.curves.step):
            return None
        curves = vars(self._plotted.curves)
        return list(curves), zip(*(curve.tolist() for curve in curves.values()), strict=True)

    def summary(self) -> str:
        """The newest values."""
        plotted = self._plotted
        if plotted is None or not len(plotted.train[0]):
            return tr("The loss appears here when training begins.")
        text = self._text
        return tr(
            "After {step} steps: training {train}, validation {valid}.",
            step=f"{last_step(plotted.curves):,.0f}",
            train=text(plotted.train[1][-1]),
            valid=text(plotted.valid[1][-1]) if len(plotted.valid[1]) else "–",
        )

    # --- reading ---

    def _text(self, value: float) -> str:
        assert self._plotted is not None
        if self._plotted.request.accuracy:
            return percent_text(float(value))
        return loss_text(float(10**value if self._plotted.request.logarithmic else value))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The mouse over the plot."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._read(event.position())
        elif event.type() == QEvent.Type.Leave:
            self._stop_reading()
        return False

    def _stop_reading(self) -> None:
        self._readout.hide()
        self._crosshair.setVisible(False)

    def _read(self, at: QPointF) -> None:
        plotted = self._plotted
        box = self._build().getViewBox()
        inside = box.sceneBoundingRect().contains(at)
        if plotted is None or not len(plotted.train[0]) or not inside:
            self._stop_reading()
            return
        wanted = box.mapSceneToView(at).x()
        step, value = _nearest(plotted.train, wanted)
        lines = [(tr("step"), f"{step:,.0f}"), (tr("training"), self._text(value))]
        if len(plotted.valid[0]):
            lines.append((tr("validation"), self._text(_nearest(plotted.valid, step)[1])))
        self._crosshair.setValue(step)
        self._crosshair.setVisible(True)
        self._readout.read(at, lines)


def _nearest(line: Line, x: float) -> tuple[float, float]:
    """The point of a curve that is nearest in x."""
    at = int(np.searchsorted(line[0], x))
    if at > 0 and (at == len(line[0]) or x - line[0][at - 1] < line[0][at] - x):
        at -= 1
    return float(line[0][at]), float(line[1][at])
