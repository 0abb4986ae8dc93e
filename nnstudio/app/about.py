"""What this program is and what it is made of."""

from __future__ import annotations

import platform

import numpy
from PySide6.QtCore import QEvent, Qt, Slot, qVersion
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

import nnstudio
from nnstudio.app.i18n import say
from nnstudio.core.text import mark, tr

#: Names and licences of what the program stands on; not translated.
PARTS = (
    ("NumPy, SciPy", "BSD"),
    ("Numba, llvmlite", "BSD"),
    ("Qt, PySide6", "LGPL 3"),
    ("pyqtgraph", "MIT"),
    ("platformdirs, rich", "MIT"),
    ("MNIST (Yann LeCun, Corinna Cortes, Christopher J.C. Burges)", "CC BY-SA 3.0"),
)


class About(QWidget):
    """A small window beside the work; nothing waits for it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        say(self, name=mark("About NNStudio"))
        self.text = QLabel(self)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        close = say(QPushButton(self), text=mark("Close"))
        close.clicked.connect(self.hide)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 16)
        column.setSpacing(14)
        column.addWidget(self.text)
        column.addWidget(close, alignment=Qt.AlignmentFlag.AlignRight)
        self._tell()

    def _tell(self) -> None:
        self.setWindowTitle(tr("About NNStudio"))
        slogan = tr("Assemble a neural network, press Play, and see it learn.")
        parts = "".join(
            f"<tr><td style='padding-right:18px'>{name}</td><td>{licence}</td></tr>"
            for name, licence in PARTS
        )
        python = platform.python_version()
        versions = f"Python {python} · Qt {qVersion()} · NumPy {numpy.__version__}"
        shown = (
            f"<p><b>NNStudio {nnstudio.__version__}</b></p><p>{slogan}</p><p>{versions}</p>"
            f"<p>{tr('It stands on:')}</p><table>{parts}</table>"
        )
        self.text.setText(shown)

    def changeEvent(self, event: QEvent) -> None:
        """The text follows the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._tell()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    @Slot()
    def open(self) -> None:
        """Show it in front."""
        self.show()
        self.raise_()
        self.activateWindow()
