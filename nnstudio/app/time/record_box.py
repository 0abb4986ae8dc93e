"""What to record, and how: a small window beside the work."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from nnstudio.app.i18n import say
from nnstudio.app.time.film import FORMS
from nnstudio.app.widgets.combo import Combo
from nnstudio.app.widgets.dialog import SideWindow
from nnstudio.core.text import mark, tr

RATES = (2, 5, 10, 20)
WIDTHS = (480, 720, 960, 1440, 1920)


FORM_NAMES = {
    "gif": mark("animated GIF"),
    "webp": mark("animated WebP"),
    "frames": mark("folder of PNG frames"),
}


class RecordBox(SideWindow):
    """``start_wanted`` and ``stop_wanted``; the choices are read from it."""

    start_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(mark("Record training"), parent)
        self.what = Combo(mark("What"), self)
        self.form = Combo(mark("As"), self)
        self.rate = Combo(mark("Frames a second"), self)
        self.width_box = Combo(mark("Width at most"), self)
        self.button = QPushButton(self)
        self.state = QLabel(self)
        self.state.setProperty("role", "muted")
        self.state.setMinimumWidth(300)
        self.state.setWordWrap(True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        rows = (
            (mark("What"), self.what), (mark("As"), self.form),
            (mark("Frames a second"), self.rate), (mark("Width at most"), self.width_box),
        )  # fmt: skip
        for row, (name, box) in enumerate(rows):
            grid.addWidget(say(QLabel(self), text=name), row, 0)
            grid.addWidget(box, row, 1)
        grid.setColumnStretch(1, 1)
        self.column.addLayout(grid)
        self.column.addWidget(self.state)
        self.column.addWidget(self.button)
        for rate in RATES:
            self.rate.addItem(str(rate), rate)
        for width in WIDTHS:
            self.width_box.addItem(tr("{n} px", n=width), width)
        self.rate.setCurrentIndex(RATES.index(10))
        self.width_box.setCurrentIndex(WIDTHS.index(960))
        self.recording = False
        self.button.clicked.connect(self._pressed)
        self.show_recording(False, "")

    def offer(self, parts: dict[str, str]) -> None:
        """What can be recorded: name -> words."""
        chosen = self.what.currentData()
        self.what.clear()
        for name, words in parts.items():
            self.what.addItem(words, name)
        self.what.setCurrentIndex(max(self.what.findData(chosen), 0))
        form = self.form.currentData()
        self.form.clear()
        for name in FORMS:
            self.form.addItem(tr(FORM_NAMES[name]), name)
        self.form.setCurrentIndex(max(self.form.findData(form), 0))

    def show_recording(self, recording: bool, state: str) -> None:
        """The button and the line above it."""
        self.recording = recording
        say(self.button, text=mark("Stop and save") if recording else mark("Record…"))
        self.state.setText(state)
        for box in (self.what, self.form, self.rate, self.width_box):
            box.setEnabled(not recording)

    @Slot()
    def _pressed(self) -> None:
        (self.stop_wanted if self.recording else self.start_wanted).emit()
