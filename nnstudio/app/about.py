"""What this program is, what it is made of, and under which licences."""

from __future__ import annotations

import html
import platform
from importlib import metadata

from PySide6.QtCore import QEvent, Qt, Slot, qVersion
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QTextBrowser, QWidget

import nnstudio
from nnstudio.app.i18n import say
from nnstudio.app.widgets.dialog import SideWindow
from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.resources import resource
from nnstudio.core.text import mark, tr

#: What the program stands on: the distribution that tells the version, names, licence. Names and
#: licences are not translated.
PARTS = (
    ("", "Python", "PSF"),
    ("PySide6-Essentials", "Qt, PySide6, Shiboken", "LGPL 3"),
    ("numpy", "NumPy", "BSD 3-Clause"),
    ("numba", "Numba", "BSD 2-Clause"),
    ("llvmlite", "llvmlite", "BSD 2-Clause"),
    ("pyqtgraph", "pyqtgraph", "MIT"),
    ("polars", "Polars", "MIT"),
    ("pillow", "Pillow", "MIT-CMU"),
    ("onnx", "ONNX", "Apache 2.0"),
    ("protobuf", "Protocol Buffers", "BSD 3-Clause"),
    ("safetensors", "safetensors", "Apache 2.0"),
    ("platformdirs", "platformdirs", "MIT"),
    ("rich", "Rich", "MIT"),
)


def version(distribution: str) -> str:
    """The version that runs here; empty if it cannot be told (a frozen program keeps few)."""
    if not distribution:
        return platform.python_version()
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return qVersion() if distribution.startswith("PySide6") else ""


def rows(lines: list[tuple[str, str]]) -> str:
    """Two columns of HTML."""
    left = "<td style='padding-right:22px'>"
    cells = "".join(
        f"<tr>{left}{html.escape(one)}</td><td>{html.escape(two)}</td></tr>" for one, two in lines
    )
    return f"<table cellpadding='2'>{cells}</table>"


class About(SideWindow):
    """A small window beside the work; nothing waits for it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(mark("About NNStudio"), parent)
        self.head = QLabel(self)
        self.head.setTextFormat(Qt.TextFormat.RichText)
        self.head.setWordWrap(True)
        self.text = QTextBrowser(self)
        self.text.setOpenLinks(False)
        self.text.setFrameStyle(0)
        say(self.text, name=mark("Parts and licences"))
        self.licence = say(QPushButton(self), text=mark("Licence of NNStudio"))
        self.licence.setCheckable(True)
        self.licence.toggled.connect(self._tell)
        close = say(QPushButton(self), text=mark("Close"))
        close.clicked.connect(self.hide)
        below = QHBoxLayout()
        below.addWidget(self.licence)
        below.addStretch(1)
        below.addWidget(close)
        for part in (self.head, self.text):
            self.column.addWidget(part)
        self.column.addLayout(below)
        self.resize(520, 560)
        self._tell()

    @Slot()
    def _tell(self) -> None:
        slogan = tr("Assemble a neural network, press Play, and see it learn.")
        name = f"<p style='font-size:large'><b>NNStudio {nnstudio.__version__}</b></p>"
        self.head.setText(name + f"<p>{html.escape(slogan)}</p>")
        if self.licence.isChecked():
            self.text.setPlainText(self._own_licence())
            return
        parts = [(f"{name} {version(of)}".strip(), licence) for of, name, licence in PARTS]
        shipped = [cls for cls in registry.table(Dataset).values() if cls.source and not cls.own]
        data = [(f"{tr(cls.label)} · {cls.source}", cls.licence) for cls in shipped]
        drawn = tr("Icons and generated data sets were made for NNStudio, under its licence.")
        self.text.setHtml(
            f"<p>{html.escape(tr('It stands on:'))}</p>{rows(parts)}"
            f"<p>{html.escape(tr('Data that comes along:'))}</p>{rows(data)}"
            f"<p>{html.escape(drawn)}</p>"
        )

    @staticmethod
    def _own_licence() -> str:
        """The licence's text, from beside the resources or from the installed package."""
        beside = resource("program", "nnstudio.svg").parents[2] / "LICENSE"
        if beside.is_file():
            return beside.read_text(encoding="utf-8")
        try:
            for file in metadata.files("nnstudio") or []:
                if file.name == "LICENSE":
                    return file.read_text(encoding="utf-8")
        except (metadata.PackageNotFoundError, OSError):
            pass
        return "MIT"

    def changeEvent(self, event: QEvent) -> None:
        """The text follows the language and the theme."""
        super().changeEvent(event)
        kinds = (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange)
        if event.type() in kinds and hasattr(self, "licence"):
            self._tell()
