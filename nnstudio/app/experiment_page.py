"""Experiments beside training: twins, many seeds, and the learning-rate finder."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.app.charts.chart import Chart
from nnstudio.app.charts.figure import Figure
from nnstudio.app.document import Document
from nnstudio.app.experiment_figures import band_figure, difference, rate_figure, twin_figure
from nnstudio.app.i18n import say
from nnstudio.app.widgets.combo import Combo
from nnstudio.app.widgets.segmented import SegmentedTabs
from nnstudio.app.widgets.slider import plain_number
from nnstudio.core import fields, registry
from nnstudio.core.contracts import Optimizer
from nnstudio.core.setup import Setup, Training
from nnstudio.core.text import StudioError, mark, tr
from nnstudio.engine import experiments
from nnstudio.engine.experiments import RangeTest, Trace, Watcher
from nnstudio.engine.keyframe import Keyframe
from nnstudio.engine.session import Session

KINDS: dict[str, str] = {
    "twin": mark("Twin"),
    "seeds": mark("Seeds"),
    "rate": mark("Learning-rate finder"),
}
EXPLAINED: dict[str, str] = {
    "twin": mark("The same seed, first weights and batches; one setting differs."),
    "seeds": mark("The same setup with other seeds: median, and the middle half of the runs."),
    "rate": mark("A copy trains while the learning rate grows; training itself is not disturbed."),
}
#: Settings in which a twin may differ.
SETTINGS = (
    "learning_rate",
    "optimizer",
    "batch_size",
    "l2",
    "l1",
    "averaging",
    "clip_norm",
    "seed",
)
POLL_MILLISECONDS = 50
MOST_SEEDS = 50
MOST_STEPS = 1_000_000


class ExperimentPage(QWidget):
    """``used`` carries the setup that somebody wants to go on with, and what that is called."""

    used = Signal(object, str)
    refused = Signal(object)

    def __init__(self, document: Document, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.session = session
        self.kind = "twin"
        self.setups: list[Setup] = []
        self.found: list[Trace] | RangeTest | None = None
        self._watcher: Watcher | None = None
        self._thread: threading.Thread | None = None
        self._made: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._keyframes: queue.SimpleQueue[Keyframe | None] = queue.SimpleQueue()
        self.tabs = SegmentedTabs(KINDS, mark("Experiment"), self, EXPLAINED)
        self.tabs.setMaximumWidth(500)
        self.explained = QLabel(self)
        self.explained.setProperty("role", "muted")
        self.setting = Combo(mark("What differs"), self)
        self.value = Combo(mark("Its other value"), self)
        self.value.setEditable(True)
        self.value.setMinimumWidth(130)
        self.count = QLineEdit("5", self)
        self.steps = QLineEdit("2000", self)
        for entry, name in ((self.count, mark("Number of seeds")), (self.steps, mark("Steps"))):
            entry.setFixedWidth(72)
            say(entry, name=name)
        self.count_label = say(QLabel(self), text=mark("Number of seeds"))
        self.steps_label = say(QLabel(self), text=mark("Steps"))
        self.run = say(QPushButton(self), text=mark("Run"))
        self.cancel = say(QPushButton(self), text=mark("Cancel"))
        self.use = say(QPushButton(self), text=mark("Use it"))
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(4)
        self.chart = Chart(self)
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MILLISECONDS)
        self._timer.timeout.connect(self._take)
        self.tabs.chosen.connect(self.choose)
        self.setting.activated.connect(self._setting_chosen)
        self.run.clicked.connect(self.begin)
        self.cancel.clicked.connect(self.end)
        self.use.clicked.connect(self._use)
        self._fill()
        self.choose("twin")

    def _lay_out(self) -> None:
        controls = QHBoxLayout()
        controls.setSpacing(8)
        for widget in (
            self.setting, self.value, self.count_label, self.count, self.steps_label, self.steps,
            self.run, self.cancel,
        ):  # fmt: skip
            controls.addWidget(widget)
        controls.addStretch(1)
        end = QHBoxLayout()
        end.addWidget(self.words, 1)
        end.addWidget(self.use, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(8)
        column.addWidget(self.tabs)
        column.addWidget(self.explained)
        column.addLayout(controls)
        column.addWidget(self.progress)
        column.addWidget(self.chart, 1)
        column.addLayout(end)

    # --- what to try ---

    def _fill(self) -> None:
        declared = fields.fields_of(Training)
        at = max(self.setting.currentIndex(), 0)
        self.setting.clear()
        for name in SETTINGS:
            label = declared[name].label if name in declared else mark("Optimizer")
            self.setting.addItem(tr(label), name)
        self.setting.setCurrentIndex(at)
        self._setting_chosen()

    @Slot()
    def _setting_chosen(self) -> None:
        """Offer another value than the present one."""
        name = self.setting.currentData()
        training = self.document.present[0].training
        self.value.clear()
        if name == "optimizer":
            self.value.setEditable(False)
            for type_name, cls in registry.table(Optimizer).items():
                if not isinstance(training.optimizer, cls):
                    self.value.addItem(tr(cls.label), type_name)
            return
        self.value.setEditable(True)
        value = getattr(training, name)
        offers = {"learning_rate": (value * 3, value / 3, value * 10), "seed": (value + 1,)}
        usual = offers.get(name, (value * 2, value / 2) if value else (0.001, 0.01, 0.1))
        for offer in usual:
            offer = int(offer) if isinstance(value, int) else float(f"{offer:.3g}")
            self.value.addItem(plain_number(offer).replace(",", ""))

    @Slot(str)
    def choose(self, kind: str) -> None:
        """Another kind of experiment."""
        self.end()
        self.kind = kind
        self.found = None
        say(self.explained, text=EXPLAINED[kind])
        shown = {"twin": (self.setting, self.value), "seeds": (self.count, self.count_label)}
        for name, widgets in shown.items():
            for widget in widgets:
                widget.setVisible(kind == name)
        self.steps.setText("300" if kind == "rate" else "2000")
        self._show()

    def _number(self, entry: QLineEdit, label: str, most: int) -> int:
        field = fields.Field("integer", label, minimum=2, maximum=most)
        return int(field.read(entry.text().replace(",", "").strip()))

    def _other(self) -> Setup:
        """The present setup with the one difference."""
        setup, name = self.document.present[0], self.setting.currentData()
        if name == "optimizer":
            made = registry.from_json(Optimizer, {"type": self.value.currentData()})
            return setup.with_training(optimizer=made)
        return setup.with_training(**{name: self.value.currentText().replace(",", "").strip()})

    # --- running ---

    @property
    def busy(self) -> bool:
        """Whether an experiment runs."""
        return self._thread is not None

    @Slot()
    def begin(self) -> None:
        """Run it, off the window's thread."""
        self.end()
        setup, data = self.document.present
        try:
            steps = self._number(self.steps, mark("Steps"), MOST_STEPS)
            if self.kind == "twin":
                self.setups = [setup, self._other()]
            elif self.kind == "seeds":
                count = self._number(self.count, mark("Number of seeds"), MOST_SEEDS)
                self.setups = experiments.with_seeds(setup, count)
            else:
                self.setups = [setup]
        except StudioError as error:
            self.refused.emit(error)
            return
        self.found = None
        self._watcher = Watcher()
        self._keyframes = queue.SimpleQueue()
        if self.kind == "rate":
            self.session.keyframe(self._got_keyframe)
        self._made = queue.SimpleQueue()
        self._begin_thread(steps, data)

    def _begin_thread(self, steps: int, data: Any) -> None:
        self._thread = threading.Thread(
            target=self._work,
            args=(self.kind, tuple(self.setups), data, steps, self._watcher, self._made),
            name="nnstudio-experiment", daemon=True,
        )  # fmt: skip
        self._thread.start()
        self._timer.start()
        self._show()

    def _got_keyframe(self, keyframe: Keyframe | None) -> None:
        self._keyframes.put(keyframe)

    def _work(
        self, kind: str, setups: tuple[Setup, ...], data: Any, steps: int, watcher: Watcher,
        made: queue.SimpleQueue[Any],
    ) -> None:  # fmt: skip
        try:
            if kind == "rate":
                keyframe = self._keyframe(watcher)
                made.put(
                    experiments.range_test(setups[0], data, steps, watcher, keyframe, made.put)
                )
            else:
                made.put(experiments.traces(setups, data, steps, watcher, made.put))
        except StudioError as error:
            made.put(error)
        except queue.Empty:
            pass
        made.put(None)

    def _keyframe(self, watcher: Watcher) -> Keyframe | None:
        """What the session hands over; raises ``queue.Empty`` if it does not, or is not waited for
        any more."""
        end = time.monotonic() + 5
        while time.monotonic() < end and not watcher.cancelled.is_set():
            with contextlib.suppress(queue.Empty):
                return self._keyframes.get(timeout=0.05)
        raise queue.Empty

    @Slot()
    def _take(self) -> None:
        done = False
        while not self._made.empty():
            result = self._made.get()
            if isinstance(result, StudioError):
                self.refused.emit(result)
            elif result is None:
                done = True
            elif not isinstance(result, RangeTest) or len(result.losses):  # else: stopped at once
                self.found = result
        if done:
            self.end()
        self._show()

    @Slot()
    def end(self) -> None:
        """Stop what runs; what was found stays."""
        if self._watcher is not None:
            self._watcher.cancelled.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
            self._thread = None
        self._timer.stop()
        self._show()

    # --- showing ---

    def _show(self) -> None:
        self.run.setVisible(not self.busy)
        self.cancel.setVisible(self.busy)
        self.progress.setVisible(self.busy)
        if self._watcher is not None:
            self.progress.setValue(round(100 * self._watcher.progress))
        figure, words, usable = Figure(empty=tr("Press Run.")), "", False
        if isinstance(self.found, RangeTest):
            figure, words = rate_figure(self.found)
            usable = np.isfinite(self.found.suggested)
        elif self.found and len(self.found[0].step):
            twin = self.kind == "twin"
            figure, words = (
                twin_figure(self.setups, self.found) if twin else band_figure(self.found)
            )
            usable = twin
        self.chart.show_figure(figure)
        self.words.setText(words)
        self.chart.setAccessibleName(tr(KINDS[self.kind]))
        self.chart.setAccessibleDescription(words)
        self.use.setVisible(bool(usable) and not self.busy)

    @Slot()
    def _use(self) -> None:
        setup = self.document.present[0]
        if isinstance(self.found, RangeTest):
            rate = self.found.suggested
            text = tr("{setting}: {value}", setting=tr("Learning rate"), value=plain_number(rate))
            self.used.emit(setup.with_training(learning_rate=rate), text)
        elif self.kind == "twin":
            self.used.emit(self.setups[1], difference(self.setups))

    def changeEvent(self, event: Any) -> None:
        """Words follow the language."""
        super().changeEvent(event)
        if event.type() == event.Type.LanguageChange and hasattr(self, "_timer"):
            self._fill()
            self._show()
