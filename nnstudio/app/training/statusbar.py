"""The status line: what the engine is doing, how big the network is, and how fast it goes."""

from __future__ import annotations

import time
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from nnstudio.app import theme
from nnstudio.app.document import Document
from nnstudio.app.i18n import say
from nnstudio.app.numbers import as_bytes, in_units, rounded
from nnstudio.app.training.endings import STOPPED, why_over
from nnstudio.app.widgets.buttons import FlatButton
from nnstudio.core import text
from nnstudio.core.setup import Setup
from nnstudio.core.text import mark, tr
from nnstudio.engine.session import Session
from nnstudio.engine.view import Snapshot

#: Seconds between two speeds shown: numbers that flicker cannot be read.
SPEED_SECONDS = 0.25
HEIGHT = 27
WARM_MILLISECONDS = 120
#: The time machine's memory is worth a word from so many bytes on.
LEAST_KEPT = 1 << 16
HELP_MEMORY = mark(
    "Memory that training takes, without the data, and what the time machine keeps of all runs."
)

THEME_NAMES = {
    "system": mark("System"),
    "light": mark("Light"),
    "dark": mark("Dark"),
    "contrast": mark("High contrast"),
}


class Dot(QWidget):
    """The state as a colour; the word beside it says the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.token = "earlier"
        self.setFixedSize(QSize(9, 9))

    def show_token(self, token: str) -> None:
        """A colour of the theme."""
        if token != self.token:
            self.token = token
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A disc."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(0, 0, 0, 0))
        painter.setBrush(QColor(getattr(theme.current(), self.token)))
        painter.drawEllipse(self.rect())
        painter.end()


class StatusLine(QFrame):
    """``theme_chosen`` and ``language_chosen`` carry a choice's code."""

    theme_chosen = Signal(str)
    language_chosen = Signal(str)

    def __init__(self, document: Document, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusline")
        self.setFixedHeight(theme.pixels(HEIGHT))
        self.document = document
        self.session = session
        self._speed_shown = 0.0
        self._shown: Snapshot | None = None  # what the window shows, which may be an earlier moment
        self.dot = Dot(self)
        self.state = QLabel(self)
        self.parameters = QLabel(self)
        self.memory = QLabel(self)
        self.flops = QLabel(self)
        self.speed = QLabel(self)
        self.threads = QLabel(self)
        self.language = self._switch(mark("Language"), text.LANGUAGES)
        self.language.menu().triggered.connect(self._language_triggered)
        self.theme = self._switch(mark("Theme"), THEME_NAMES)
        self.theme.menu().triggered.connect(self._theme_triggered)
        say(self.memory, tool_tip=HELP_MEMORY)
        say(self.flops, tool_tip=mark("Floating-point operations of one prediction."))
        row = QHBoxLayout(self)
        row.setContentsMargins(15, 0, 8, 0)
        row.setSpacing(7)
        row.addWidget(self.dot)
        row.addWidget(self.state)
        self.facts = (self.parameters, self.memory, self.flops, self.speed, self.threads)
        for label in self.facts:
            label.setContentsMargins(13, 0, 0, 0)
            row.addWidget(label)
        row.addStretch(1)
        row.addWidget(self.language)
        row.addWidget(self.theme)
        self.warm = QTimer(self)
        self.warm.setInterval(WARM_MILLISECONDS)
        self.warm.timeout.connect(self._look)
        self.warm.start()
        document.changed.connect(self._follow)
        self._show_network()
        self._look()

    def _switch(self, name: str, choices: Mapping[str, str]) -> FlatButton:
        button = FlatButton(self)
        say(button, name=name, tool_tip=name)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        group = QActionGroup(menu)
        for code, label in choices.items():
            action = say(QAction(menu), text=label)
            action.setData(code)
            action.setCheckable(True)
            group.addAction(action)
            menu.addAction(action)
        button.setMenu(menu)
        return button

    def show_choices(self, theme_choice: str, language: str) -> None:
        """Show which theme and language are in use."""
        pairs = ((self.theme, theme_choice, THEME_NAMES), (self.language, language, text.LANGUAGES))
        for button, code, names in pairs:
            button.setText(f"{tr(names[code])} ▾")
            for action in button.menu().actions():
                action.setChecked(action.data() == code)

    @Slot(QAction)
    def _theme_triggered(self, action: QAction) -> None:
        self.theme_chosen.emit(action.data())

    @Slot(QAction)
    def _language_triggered(self, action: QAction) -> None:
        self.language_chosen.emit(action.data())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._suit()

    def _suit(self) -> None:
        """Half a number helps nobody: what has no room does not show, the least needed first."""
        row = self.layout()
        assert row is not None
        margins = row.contentsMargins()
        room = self.width() - margins.left() - margins.right() - self.dot.width()
        for part in (self.state, self.language, self.theme):
            room -= part.sizeHint().width() + row.spacing()
        for label in (self.speed, self.parameters, self.memory, self.threads, self.flops):
            width = label.sizeHint().width() + row.spacing()
            shown = bool(label.text()) and width <= room
            room -= width if shown else 0
            label.setVisible(shown)

    def changeEvent(self, event: QEvent) -> None:
        """Words follow the language."""
        if event.type() == QEvent.Type.FontChange:
            self.setFixedHeight(theme.pixels(HEIGHT))
        if event.type() == QEvent.Type.LanguageChange:
            self._show_network()
            self._speed_shown = 0.0
            self._look()
        super().changeEvent(event)

    @Slot(object, object)
    def _follow(self, before: Setup, after: Setup) -> None:
        self._show_network()

    def _show_network(self) -> None:
        network = self.document.setup.network
        self.parameters.setText(tr("{n} parameters", n=f"{network.parameter_count:,}"))
        flops = in_units(network.flops, "FLOP")
        self.flops.setText(tr("{flops} per example", flops=flops))

    @Slot()
    def _look(self) -> None:
        """Follow the engine while it loads, and show what is there."""
        if self.session.warmth.complete:
            self.warm.stop()
        if self._shown is not None:
            self.show_snapshot(self._shown)
        else:
            self._show_state(None)
            self.speed.setText("")
            self._show_cost()
            self._suit()

    def _show_cost(self) -> None:
        size, kept = self.session.memory_bytes, self.session.runs.nbytes
        shown = as_bytes(size) if size else ""
        if kept >= LEAST_KEPT:
            shown = tr("{size} + {kept} history", size=shown, kept=as_bytes(kept))
            most = tr("History takes at most {budget}; older steps are thinned out for it.",
                      budget=as_bytes(self.session.runs.budget))  # fmt: skip
            self.memory.setToolTip(f"{tr(HELP_MEMORY)}\n{most}")
        self.memory.setText(shown)
        count = self.session.threads_used
        self.threads.setText(tr("1 thread") if count == 1 else tr("{n} threads", n=count))

    def _show_state(self, snapshot: Snapshot | None) -> None:
        if snapshot is not None and snapshot.error is not None:
            token, state = "bad", tr("Stopped")
        elif not self.session.ready:
            token = "warn"
            state = tr("Loading the engine {n} %", n=round(100 * self.session.warmth.progress))
        elif self.session.preparing:
            token, state = "warn", tr("Preparing the network…")
        elif snapshot is not None and snapshot.past:
            token, state = "accent", tr("Looking back")
        elif self.session.playing:
            token, state = "good", tr("Training…")
        elif snapshot is not None and snapshot.finished:
            early = why_over(self.document.present[0].training, snapshot) == STOPPED
            token, state = "accent", tr("Stopped early") if early else tr("Finished")
        elif snapshot is not None and snapshot.step > 0:
            token, state = "earlier", tr("Paused")
        else:
            token, state = "earlier", tr("Ready")
        self.dot.show_token(token)
        if state != self.state.text():
            self.state.setText(state)

    @Slot(object)
    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow training; numbers change four times a second."""
        self._shown = snapshot
        self._show_state(snapshot)
        now = time.monotonic()
        if now - self._speed_shown < SPEED_SECONDS and snapshot.running:
            return
        self._speed_shown = now
        self._show_cost()
        if not self.session.playing:
            shown = ""
        elif self.document.setup.dataset.group == "2-D":
            shown = tr("{n} steps/s", n=rounded(snapshot.steps_per_second))
        else:
            shown = tr("{n} examples/s", n=rounded(snapshot.examples_per_second))
        self.speed.setText(shown)
        self._suit()
