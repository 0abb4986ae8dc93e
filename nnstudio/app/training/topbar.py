"""The top bar: play, where training is, and how it trains."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from nnstudio.app import theme
from nnstudio.app.actions import Actions
from nnstudio.app.document import Document
from nnstudio.app.i18n import say
from nnstudio.app.numbers import rounded, time_left
from nnstudio.app.training.training_controls import LEAST_USED, TrainingControls
from nnstudio.app.widgets.buttons import IconButton, MenuIconButton, PlayButton
from nnstudio.app.widgets.combo import CAPTION, Combo, Labelled, fill
from nnstudio.app.widgets.counter import Counter
from nnstudio.core.setup import Setup
from nnstudio.core.text import mark, tr
from nnstudio.engine.session import Session
from nnstudio.engine.view import Snapshot

#: Steps a second -> what the list says; 0 means no limit.
SPEEDS = {
    0: mark("As fast as possible"),
    2000: mark("2,000 steps/s"),
    500: mark("500 steps/s"),
    100: mark("100 steps/s"),
    20: mark("20 steps/s"),
    5: mark("5 steps/s"),
    1: mark("1 step/s"),
}
SHORT_SPEEDS = {
    0: mark("Fastest"),
    2000: mark("2,000/s"),
    500: mark("500/s"),
    100: mark("100/s"),
    20: mark("20/s"),
    5: mark("5/s"),
    1: mark("1/s"),
}

#: Below this width the bar draws itself together; above, it shows as much as there is room for.
WIDE = 1230
#: Boxes with long texts may give so many pixels together; in a narrow window more.
SQUEEZE = 48
SQUEEZE_COMPACT = 30
HEIGHT = 60
#: After a change of type or language, until what is inside has followed.
SETTLE_MILLISECONDS = 60


class Progress(QWidget):
    """How far an ending run is, and how long it will take."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.left = QLabel(self)
        self.speed = QLabel(self)
        say(self.bar, name=mark("Progress"))
        for label in (self.left, self.speed):
            label.setProperty("role", "caption")
            label.setFixedHeight(theme.pixels(CAPTION))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addStretch(1)
        column.addWidget(self.bar)
        column.addSpacing(2)
        column.addWidget(self.left)
        column.addWidget(self.speed)
        column.addStretch(1)
        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        """A narrow one for narrow windows."""
        self.setFixedWidth(theme.pixels(62 if compact else 112))
        self.speed.setVisible(not compact)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Bar, seconds, examples."""
        self.bar.setValue(round(1000 * (snapshot.progress or 0.0)))
        if snapshot.finished or (snapshot.progress or 0.0) >= 1.0:
            left = tr("finished")
        elif snapshot.running and snapshot.seconds_left is not None:
            left = time_left(snapshot.seconds_left)
        else:
            left = tr("{n} % done", n=f"{100 * (snapshot.progress or 0.0):.0f}")
        self.left.setText(left)
        speed = snapshot.examples_per_second
        self.speed.setText(tr("{n} examples/s", n=rounded(speed)) if speed else "")


class TopBar(QFrame):
    """Everything about training that a person wants at hand."""

    refused = Signal(object)  # StudioError
    speed_chosen = Signal(int)  # steps a second; 0: no limit

    def __init__(
        self,
        document: Document,
        session: Session,
        actions: Actions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("topbar")
        self.document = document
        self.session = session
        self.setFixedHeight(theme.pixels(HEIGHT))
        self.compact: bool | None = None
        self.short = False
        self._shown: Snapshot | None = None  # what the window shows, which may be an earlier moment
        self.reset = MenuIconButton(
            "reset",
            mark("Reset"),
            parent=self,
            tool_tip=mark("Back to step 0 with the same first weights (Ctrl+R)"),
        )
        self.play = PlayButton(parent=self)
        self.step = MenuIconButton(
            "step", mark("One step"), parent=self, tool_tip=mark("Train on one batch (S)")
        )
        self._attach(self.reset, actions, "reset", ("reset", "reset_new"))
        self._attach(self.step, actions, "step", ("step", "step_epoch"))
        self.play.clicked.connect(actions["play"].trigger)
        self.epoch = Counter(mark("Epoch"), 22, "9,999", strong=True, parent=self)
        self.step_count = Counter(mark("Step"), 17, "999,999", strong=False, parent=self)
        self.progress = Progress(self)
        self.controls = TrainingControls(document, self)
        self.controls.refused.connect(self.refused)
        self.speed = Combo(mark("Speed"), self)
        self.speed.setObjectName("speed")
        fill(self.speed, SPEEDS)
        self.speed.activated.connect(self._speed_activated)
        self.full_screen = IconButton(
            "fullscreen",
            mark("Full screen"),
            parent=self,
            tool_tip=mark("The whole screen with large type, for a projector (F11)"),
        )
        self.full_screen.clicked.connect(actions["full_screen"].trigger)
        self.settling = QTimer(self)
        self.settling.setSingleShot(True)
        self.settling.setInterval(SETTLE_MILLISECONDS)
        self.settling.timeout.connect(self._settle)
        self._lay_out()
        document.changed.connect(self._follow)
        self._show_end()

    def _attach(
        self, button: MenuIconButton, actions: Actions, name: str, variants: tuple[str, ...]
    ) -> None:
        button.clicked.connect(actions[name].trigger)
        menu = QMenu(button)
        for variant in variants:
            menu.addAction(actions[variant])
        button.set_menu(menu)

    def _lay_out(self) -> None:
        self.layout_row = QHBoxLayout(self)
        self.layout_row.setContentsMargins(14, 0, 14, 1)
        for part in (self.reset, self.play, self.step):
            self.layout_row.addWidget(part)
        self.layout_row.addSpacing(2)
        self.counters = QGridLayout()
        self.counters.setContentsMargins(0, 0, 0, 0)
        self.counters.setVerticalSpacing(0)
        self.layout_row.addLayout(self.counters)
        self.layout_row.addWidget(self.progress)
        self.layout_row.addWidget(self.controls)
        self.layout_row.addStretch(1)
        self.speed_box = Labelled(
            mark("Speed"),
            self.speed,
            parent=self,
            help=mark("Steps a second: slow enough to watch every one, or as fast as it can."),
        )
        self.layout_row.addWidget(self.speed_box)
        self.layout_row.addWidget(self.full_screen)
        self._set_compact(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw together in a narrow window, spread out in a wide one."""
        self._suit(event.size().width())
        super().resizeEvent(event)

    def _suit(self, width: int) -> None:
        """Show as much as there is room for: short speeds, then the schedule elsewhere, then all
        parts small, then one box after the other elsewhere."""
        self.setFixedHeight(theme.pixels(HEIGHT))
        ways = [(True, True, inside) for inside in range(1, len(LEAST_USED) + 1)]
        if width >= WIDE:
            ways = [(False, False, 0), (False, True, 0), (False, True, 1), *ways]
        for compact, short, inside in ways:
            self._set_compact(compact)
            self._set_short(short)
            self.controls.set_inside(inside)
            give = SQUEEZE_COMPACT if compact else SQUEEZE if short else 0  # rather short than cut
            if self._width_wanted() <= width + give:
                return

    @Slot()
    def _settle(self) -> None:
        """What is inside has taken the new type or language."""
        self._suit(self.width())

    def _width_wanted(self) -> int:
        """What all parts want now, not what they wanted before the last change."""
        for part in (self.speed_box, *self.controls.boxes.values(), self.controls):
            inner = part.layout()
            assert inner is not None
            inner.invalidate()
            part.updateGeometry()
        self.layout_row.invalidate()
        return int(self.layout_row.sizeHint().width())

    def _set_short(self, short: bool) -> None:
        if short != self.short:
            self.short = short
            fill(self.speed, SHORT_SPEEDS if short else SPEEDS)
            self.speed.updateGeometry()

    def _set_compact(self, compact: bool) -> None:
        if compact == self.compact:
            return
        self.compact = compact
        for counter in (self.epoch, self.step_count):
            self.counters.removeWidget(counter)
            counter.set_inline(compact)
        self.counters.addWidget(self.epoch, 0, 0)
        self.counters.addWidget(self.step_count, *((1, 0) if compact else (0, 1)))
        self.counters.setHorizontalSpacing(0 if compact else 12)
        side = 10 if compact else 14
        self.layout_row.setContentsMargins(side, 0, side, 1)
        self.layout_row.setSpacing(5 if compact else 12)
        self.controls.row.setSpacing(5 if compact else 12)
        self.epoch.set_pixels(13 if compact else 22)
        self.step_count.set_pixels(13 if compact else 17)
        self.progress.set_compact(compact)
        self.full_screen.setVisible(not compact)

    def changeEvent(self, event: QEvent) -> None:
        """Lists and suffixes follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            fill(self.speed, SHORT_SPEEDS if self.short else SPEEDS)
            self.speed.updateGeometry()
            self._show_end()
            self._suit(self.width())
            self.settling.start()
            if self._shown is not None:
                self.show_snapshot(self._shown)
        elif event.type() == QEvent.Type.FontChange and hasattr(self, "speed_box"):
            for label in (self.progress.left, self.progress.speed):
                label.setFixedHeight(theme.pixels(CAPTION))
            self.progress.set_compact(bool(self.compact))
            self.settling.start()
        super().changeEvent(event)

    @Slot(int)
    def show_speed(self, steps_per_second: int) -> None:
        """Show a speed chosen elsewhere."""
        self.speed.setCurrentIndex(self.speed.findData(steps_per_second))

    @Slot(int)
    def _speed_activated(self, row: int) -> None:
        self.speed_chosen.emit(self.speed.itemData(row))

    @Slot(object, object)
    def _follow(self, before: Setup, after: Setup) -> None:
        if before.training.epochs != after.training.epochs:
            self._show_end()

    def _show_end(self) -> None:
        epochs = self.document.setup.training.epochs
        if self.progress.isHidden() == (epochs > 0):
            self.progress.setVisible(epochs > 0)
            self._suit(self.width())
        suffix = tr("of {n}", n=f"{epochs:,}") if epochs else ""
        self.epoch.show_number(self.epoch.number, suffix)

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow training; cheap when nothing has changed."""
        self._shown = snapshot
        self.play.set_playing(self.session.playing)
        self.epoch.show_number(snapshot.epoch, self.epoch.suffix)
        self.step_count.show_number(snapshot.step)
        if self.document.setup.training.epochs:
            self.progress.show_snapshot(snapshot)
