"""The time machine's bar: its track, which step shows, "Now" and "Branch here"."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from nnstudio.app import icons, theme
from nnstudio.app.i18n import say
from nnstudio.app.time.time_track import TimeTrack
from nnstudio.core.text import mark, tr

HEIGHT = 40
#: Without the caption below this width.
NARROW = 900


class TimeBar(QFrame):
    """A strip across the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timebar")
        self.setFixedHeight(HEIGHT)
        self.caption = say(QLabel(self), text=mark("TIME MACHINE"))
        self.caption.setProperty("role", "muted")
        self.track = TimeTrack(self)
        self.where = QLabel(self)
        self.where.setFont(theme.font(12))
        self.where.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        self.now = say(
            QPushButton(self), text=mark("Now"), tool_tip=mark("Back to the present (Alt+End)")
        )
        self.branch = say(
            QPushButton(self),
            text=mark("Branch here"),
            tool_tip=mark("Begin a new run at the step that shows; this one is kept (Ctrl+B)"),
        )
        for button in (self.now, self.branch):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(15, 0, 12, 0)
        row.setSpacing(10)
        row.addWidget(self.caption)
        row.addWidget(self.track, 1)
        row.addWidget(self.where)
        row.addWidget(self.now)
        row.addWidget(self.branch)
        self._run = ""
        self._note = ""
        self._pattern = ""
        self.where.installEventFilter(self)
        self.dress()
        self.show_state(None, "", "")

    def dress(self) -> None:
        """Icons in the theme's colour."""
        ratio = self.devicePixelRatioF()
        colour = theme.current().text
        self.branch.setIcon(QIcon(icons.pixmap("branch", 15, colour=colour, ratio=ratio)))
        self.branch.setIconSize(QSize(15, 15))

    def show_state(self, step: int | None, run: str, note: str) -> None:
        """Which step shows, of which run; ``note`` says what is not yet or never exact."""
        self._run, self._note = run, note
        self.track.show_step(step)
        self.now.setVisible(step is not None)
        self.branch.setEnabled(self.track.last > self.track.first)
        self.say_where()

    def say_where(self) -> None:
        """The words beside the track."""
        track = self.track
        if track.last <= track.first:
            words = ""
        elif track.at is None:
            words = tr("Now · step {step}", step=f"{track.last:,}")
        else:
            words = tr(
                "Looking back · step {step} of {last}",
                step=f"{track.at:,}", last=f"{track.last:,}",
            )  # fmt: skip
        if words and self._run:
            words = f"{self._run} · {words}"
        if self._note:
            words = f"{words} · {self._note}"
        if words:
            self._make_room(words)
        if words != self.where.text():
            self.where.setText(words)
            self._colour(track.at is not None)
            self.where.setVisible(bool(words))

    def _colour(self, past: bool) -> None:
        palette, look = self.where.palette(), theme.current()
        colour = QColor(look.accent if past else look.muted)
        if palette.color(QPalette.ColorRole.WindowText) != colour:
            palette.setColor(QPalette.ColorRole.WindowText, colour)
            self.where.setPalette(palette)

    def _make_room(self, words: str) -> None:
        """Room for as many digits: a label of fixed size whose number grows moves nothing, so
        nothing is laid out anew sixty times a second."""
        pattern = re.sub(r"\d", "0", words)
        if pattern != self._pattern:
            self._pattern = pattern
            metrics = self.where.fontMetrics()
            self.where.setFixedSize(metrics.horizontalAdvance(pattern) + 4, metrics.height() + 2)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Larger words need more room."""
        if event.type() == QEvent.Type.FontChange:
            self._pattern = ""
            self._make_room(self.where.text())
        return False

    def resizeEvent(self, event: object) -> None:
        """In a narrow window the caption gives way."""
        self.caption.setVisible(self.width() >= NARROW)
        super().resizeEvent(event)  # type: ignore[arg-type]
