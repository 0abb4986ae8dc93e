"""Loss and other metrics of training and validation over the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from nnstudio.app import theme
from nnstudio.app.curve_memory import CurveMemory
from nnstudio.app.header import HeaderButton, Key, Toggle
from nnstudio.app.i18n import say
from nnstudio.app.metric_curves import (
    EARLIER,
    EMPTY,
    SIZES,
    Drawn,
    Line,
    Overlay,
    Plotted,
    Request,
    choices,
    is_share,
    last_step,
    plotted,
    room_for,
    span_of,
)
from nnstudio.app.metric_menu import MetricButton
from nnstudio.app.panel import Panel, Table, panel
from nnstudio.app.plot_loading import PlotLoading
from nnstudio.app.readout import Readout
from nnstudio.app.time.run_names import metric_colour, run_colour, run_name
from nnstudio.app.zoom import RangeZoom, seen
from nnstudio.core.text import language, mark, tr
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
PARTS = ((mark("train"), False), (mark("validation"), True))
#: A metric's two curves.
Pair = tuple[Any, Any]


@panel
class LossPanel(Panel):
    """Training solid, validation dashed, other runs in their colours."""

    name = "loss"
    title = mark("Loss")
    help = mark("Loss and any other metric over the steps, for training and validation.")
    group = mark("Training")
    place = "bottom"
    at_first = True
    order = 10
    rate = 20.0

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self._plotted: Plotted | None = None
        self._loading = PlotLoading(self)
        self._loading.loaded.connect(self._feed)
        self.plot: CalmPlot | None = None
        self._dressed: tuple[Any, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._empty = QLabel(self)
        self._empty.setProperty("role", "muted")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._make_header()
        self.setMinimumSize(160, 90)

    def _build(self) -> CalmPlot:
        """Make the plot when there is something to show."""
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
        self._pairs: list[Pair] = [(self._train, self._valid)]
        self._crosshair = plot.crosshair()
        self._readout = Readout(plot.viewport())
        self._zoom = RangeZoom(plot)
        self._zoom.changed.connect(self._feed)
        self._zoom.picked.connect(self._look_at)
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
        self._key = Key(PARTS)
        self._log = Toggle(mark("log"), mark("Logarithmic scale"))
        self._metric = MetricButton()
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
        self._memory = CurveMemory(self._metric, self._log, self._choices)
        self._memory.suit(self.document.data)
        self._metric.changed.connect(self._keep)
        self._log.clicked.connect(self._keep)
        menu.triggered.connect(self._keep)

    def header_widgets(self) -> list[QWidget]:
        """The key, and how to draw."""
        return [self._key, self._smooth, self._metric, self._log]

    # --- measuring ---

    def request(self) -> Request:
        """The choices and the width in pixels."""
        chosen = self._choices.checkedAction()
        return Request(
            self._metric.metrics,
            self._log.isChecked(),
            float(chosen.data()) if chosen is not None else 0.0,
            max(100, self.width()),
            self.session.runs.version if self.session is not None else 0,
            self._others(),
            self._metric.parts,
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
        return plotted(view, request)

    def display(self, result: Plotted) -> None:
        """Feed the curves."""
        self._plotted = result
        self._feed()

    @Slot()
    def _feed(self) -> None:
        plotted = self._plotted
        if plotted is None or not self._loading.is_done():
            return
        plot = self._build()
        from nnstudio.app.plot import pen

        self._frame(plotted)
        while len(self._pairs) < len(plotted.drawn):
            self._pairs.append((plot.curve(z=4, fine=True), plot.curve(z=3, fine=True)))
            self._dress(plot)
        nothing = Drawn("", EMPTY, EMPTY, EMPTY)
        for at, (train, valid) in enumerate(self._pairs):
            drawn = plotted.drawn[at] if at < len(plotted.drawn) else nothing
            train.setData(*self._placed(drawn.metric, drawn.train))
            valid.setData(*self._placed(drawn.metric, drawn.valid))
        first = plotted.drawn[0]
        self._raw.setData(*self._placed(first.metric, first.raw))
        for at, (item, label) in enumerate(zip(self._grey, self._names, strict=True)):
            there = at < len(plotted.earlier) and len(plotted.earlier[at][0]) > 0
            line = self._placed(first.metric, plotted.earlier[at]) if there else EMPTY
            item.setData(*line)
            label.setVisible(there)
            if there:
                other = plotted.request.earlier[at]
                item.setPen(pen(other.colour, alpha=0.75, width=1.2))
                label.setText(other.name, color=other.colour)
                label.setPos(float(line[0][-1]), float(line[1][-1]))
        self._past.setVisible(plotted.past >= 0)
        self._past.setValue(max(plotted.past, 0.0))
        self._empty.setText(self._reason(plotted))
        self._empty.setVisible(plotted.empty)
        plot.settle()

    def _placed(self, metric: str, line: Line) -> Line:
        """A curve where its axis has it."""
        plotted, plot = self._plotted, self.plot
        if plotted is None or plot is None or not plotted.request.aside(metric):
            return line
        return line[0], plot.right.placed(line[1])

    def _frame(self, plotted: Plotted) -> None:
        request, plot = plotted.request, self._build()
        sizes = any(metric in SIZES for metric in request.metrics)
        rest = [metric for metric in request.metrics if metric not in SIZES]
        shares = "percent" if all(map(is_share, rest)) else "plain"
        kind = ("log" if request.log else "plain") if sizes else shares
        plot.left.show_as(kind)
        part = self._zoom.part
        x = part or (0.0, max(1.0, plotted.last))
        left = self._range(kind, plotted.lines(False))
        plot.right.setVisible(sizes and bool(rest))
        if sizes and rest:
            plot.right.show_as(shares)
            plot.right.map_to(self._range(shares, plotted.lines(True)), left)
        plot.frame(x, left)

    def _range(self, kind: str, lines: list[Line]) -> tuple[float, float]:
        """The range of y: of all that there is, or of the part that is looked at."""
        part = self._zoom.part
        found = seen(part, lines) if part is not None else None
        if found is None:
            return room_for(kind, *span_of(lines))
        room = max(0.08 * (found[1] - found[0]), 1e-9)
        return found[0] - room, found[1] + room

    def document_changed(self) -> None:
        """Colours, and which metrics there are."""
        self._memory.suit(self.document.data)
        self._show_key()
        self._empty.setText(tr("The loss appears here when training begins."))
        dressed = (theme.current(), theme.scale(), language())
        if dressed == self._dressed:
            return  # an edit changes no curve: those come by measure
        self._dressed = dressed
        if self.plot is not None:
            self._dress(self.plot)
        self._feed()

    def recall(self, kept: Any) -> None:
        """The curves that were chosen for each kind of task, and how they are drawn."""
        self._memory.recall(kept, self.document.data)

    @Slot()
    def _keep(self) -> None:
        """A choice was made; which curves is for this kind of task."""
        self.choice_made.emit(self._memory.keep())
        self._show_key()

    @Slot()
    def _show_key(self) -> None:
        metrics, words = self._metric.metrics, choices(self.document.data)
        parts = [PARTS[at] for at, part in enumerate(("train", "valid"))
                 if part in self._metric.parts]  # fmt: skip
        if len(metrics) == 1:
            self._key.set_entries(parts)
        else:
            colours = [metric_colour(at) for at in range(len(metrics))]
            self._key.set_entries([(words[name], False) for name in metrics], colours)

    def _dress(self, plot: CalmPlot) -> None:
        from nnstudio.app.plot import pen

        look = theme.current()
        plot.dress()
        plot.setAccessibleName(tr("Loss curves"))
        for at, (train, valid) in enumerate(self._pairs):
            train.setPen(pen(metric_colour(at), width=1.5))
            valid.setPen(pen(metric_colour(at), dashed=True, width=1.4))
        self._raw.setPen(pen(look.accent, alpha=0.35))
        self._crosshair.setPen(pen(look.earlier))
        self._past.setPen(pen(look.accent, width=1.2))

    def _reason(self, plotted: Plotted) -> str:
        if not len(plotted.curves.step):
            return tr("The loss appears here when training begins.")
        return tr("Nothing has been measured of this yet. Train on, or choose another metric.")

    def numbers(self) -> Table | None:
        """Every point of the curves, not smoothed."""
        if self._plotted is None or not len(self._plotted.curves.step):
            return None
        columns = self._plotted.curves.columns()
        return list(columns), zip(*(column.tolist() for column in columns.values()), strict=True)

    def summary(self) -> str:
        """The newest values."""
        plotted = self._plotted
        if plotted is None or plotted.empty:
            return tr("The loss appears here when training begins.")
        words = choices(self.document.data)
        said = []
        for drawn in plotted.drawn:
            train, valid = (
                plotted.text(drawn.metric, line[1][-1]) if len(line[1]) else "–"
                for line in (drawn.train, drawn.valid)
            )
            if drawn.metric == "loss":
                text = tr("training {train}, validation {valid}", train=train, valid=valid)
            else:
                name = tr(words.get(drawn.metric, drawn.metric))
                text = tr("{name}: training {train}, validation {valid}",
                          name=name, train=train, valid=valid)  # fmt: skip
            said.append(text)
        return tr("After {step} steps: {values}.",
                  step=f"{last_step(plotted.curves):,.0f}", values="; ".join(said))  # fmt: skip

    # --- reading ---

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The mouse over the plot."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._read(event.position())
        elif event.type() == QEvent.Type.Leave:
            self._stop_reading()
        return False

    @Slot(float)
    def _look_at(self, x: float) -> None:
        """A click goes to that step."""
        if self._plotted is not None and len(self._plotted.curves.step):
            self.document.step_wanted.emit(max(0, round(x)))

    def _stop_reading(self) -> None:
        self._readout.hide()
        self._crosshair.setVisible(False)

    def _read(self, at: QPointF) -> None:
        plotted = self._plotted
        box = self._build().getViewBox()
        inside = box.sceneBoundingRect().contains(at)
        known = [] if plotted is None else [line for d in plotted.drawn for line in d.known]
        if plotted is None or not known or not inside:
            self._stop_reading()
            return
        step = _nearest(known[0], box.mapSceneToView(at).x())[0]
        lines = [(tr("step"), f"{step:,.0f}")]
        words = choices(self.document.data)
        for drawn in plotted.drawn:
            for part, line in ((tr("training"), drawn.train), (tr("validation"), drawn.valid)):
                if len(line[0]):
                    value = plotted.text(drawn.metric, _nearest(line, step)[1])
                    name = tr(words.get(drawn.metric, drawn.metric))
                    lines.append((f"{name}, {part}" if len(plotted.drawn) > 1 else part, value))
        self._crosshair.setValue(step)
        self._crosshair.setVisible(True)
        self._readout.read(at, lines)


def _nearest(line: Line, x: float) -> tuple[float, float]:
    """The point of a curve that is nearest in x."""
    at = int(np.searchsorted(line[0], x))
    if at > 0 and (at == len(line[0]) or x - line[0][at - 1] < line[0][at] - x):
        at -= 1
    return float(line[0][at]), float(line[1][at])
