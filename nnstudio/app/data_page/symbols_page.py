"""Drawing symbols of one's own: a page for each class, kept in a file, and a network to learn
them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from nnstudio.analysis.centring import centre
from nnstudio.app.data_page.gallery import Gallery, Pictures
from nnstudio.app.i18n import say
from nnstudio.app.job import Job
from nnstudio.app.pad import Pad
from nnstudio.app.widgets.combo import LEAST, Combo, Labelled
from nnstudio.core.sources.symbols import SIDE, Symbols, read_symbols
from nnstudio.core.text import StudioError, mark, tr

#: So many drawings of each class make a network worth training.
FEWEST = 5


class SymbolsPage(QWidget):
    """``wanted`` carries the file's path when the network should learn the drawings."""

    wanted = Signal(str)
    refused = Signal(object)

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.shelf = Shelf(path)
        self.symbols = Symbols()
        self.before: list[Symbols] = []
        self.job = Job("nnstudio-symbols", self)
        self.job.finished.connect(self._done)
        self.job.failed.connect(self._failed)
        self.page = Combo(mark("Class"), self)
        self.page.setMinimumWidth(LEAST)
        self.page.activated.connect(self._show)
        self.name = QLineEdit(self)
        say(self.name, name=mark("Name of a new class"), placeholder=mark("New class"))
        self.name.setMaximumWidth(150)
        self.name.returnPressed.connect(self._add_page)
        self.add_page = say(QPushButton(self), text=mark("Add class"))
        self.add_page.clicked.connect(self._add_page)
        self.remove_page = say(QPushButton(self), text=mark("Remove class"))
        self.remove_page.clicked.connect(self._remove_page)
        self.pad = Pad(self)
        self.pad.setFixedSize(224, 224)
        say(self.pad, name=mark("Paper to draw on"))
        self.pad.changed.connect(self._tell)
        self.pad.cleared.connect(self._tell)
        self.keep = say(
            QPushButton(self),
            text=mark("Keep"),
            tool_tip=mark("Puts the drawing on the page (Enter)"),
        )
        self.keep.setProperty("role", "primary")
        self.keep.clicked.connect(self.keep_drawing)
        self.back = say(
            QPushButton(self), text=mark("Take back"), tool_tip=mark("Undoes the last change here")
        )
        self.back.clicked.connect(self.take_back)
        self.gallery = Gallery(self, tile=52)
        self.gallery.set_empty(mark("What you draw and keep comes here."))
        self.hint = QLabel(self)
        self.hint.setProperty("role", "caption")
        self.hint.setWordWrap(True)
        self.learn = say(QPushButton(self), text=mark("Learn these"))
        self.learn.clicked.connect(self._learn)
        self._lay_out()
        self.setFocusProxy(self.pad)
        self._show()
        if path.exists():
            self.job.start("read", partial(read_symbols, path), path.name)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(Labelled(mark("Class"), self.page, parent=self))
        for part in (self.remove_page, self.name, self.add_page):
            top.addWidget(part, 0, Qt.AlignmentFlag.AlignBottom)
        top.addStretch(1)
        top.addWidget(self.learn, 0, Qt.AlignmentFlag.AlignBottom)
        below = QHBoxLayout()
        below.addWidget(self.keep)
        below.addWidget(self.back)
        left = QVBoxLayout()
        left.addWidget(self.pad)
        left.addLayout(below)
        left.addWidget(self.hint)
        left.addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addLayout(left)
        middle.addWidget(self.gallery, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(top)
        column.addLayout(middle, 1)

    @property
    def current(self) -> str:
        """The page's class; empty if there is none yet."""
        return str(self.page.currentData() or "")

    # --- drawing ---

    @Slot()
    def keep_drawing(self) -> None:
        """Put the drawing on the page, centred, and take a new sheet."""
        if self.current and not self.pad.blank:
            ink = centre(self.pad.ink, SIDE, SIDE)
            self._change(partial(self.symbols.with_symbol, self.current, ink))
            self.pad.clear()

    @Slot()
    def take_back(self) -> None:
        """Undo the last change."""
        if self.before:
            self.symbols = self.before.pop()
            self._store()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter keeps the drawing; Delete takes the chosen one away."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.pad.blank:
            self.keep_drawing()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.gallery.current >= 0:
            self._change(partial(self.symbols.without_symbol, self.current, self.gallery.current))
        else:
            super().keyPressEvent(event)

    @Slot()
    def _add_page(self) -> None:
        name = self.name.text().strip()
        if name and self._change(partial(self.symbols.with_page, name)):
            self.name.clear()
            self.page.setCurrentIndex(self.page.count() - 1)
            self._show()
            self.pad.setFocus()

    @Slot()
    def _remove_page(self) -> None:
        if self.current:
            self._change(partial(self.symbols.without_page, self.current))

    def _change(self, make: Any) -> bool:
        """Another collection, kept in the file; gives whether it could be."""
        try:
            made = make()
        except StudioError as error:
            self.refused.emit(error)
            return False
        self.before = [*self.before[-99:], self.symbols]
        self.symbols = made
        self._store()
        return True

    def _store(self) -> None:
        """Write the file beside the window, and show the collection."""
        self._list()
        self.job.start("written", self.shelf.writer(self.symbols), self.path.name)

    # --- showing ---

    def _list(self) -> None:
        chosen = self.current
        self.page.clear()
        for name, images in self.symbols.pages:
            self.page.addItem(f"{name}  ({len(images)})", name)
        self.page.setCurrentIndex(max(0, self.page.findData(chosen)))
        self._show()

    @Slot()
    def _show(self) -> None:
        name = self.current
        images = self.symbols.page(name) if name else np.zeros((0, SIDE, SIDE), np.uint8)
        at = self.gallery.verticalScrollBar().value()
        self.gallery.show_pictures(
            Pictures(images[..., None], [str(n + 1) for n in range(len(images))])
        )
        self.gallery.verticalScrollBar().setValue(at)
        self._tell()

    @Slot()
    def _tell(self) -> None:
        filled = [len(images) for _, images in self.symbols.pages]
        ready = sum(count >= FEWEST for count in filled) >= 2
        self.pad.setEnabled(bool(filled))
        self.keep.setEnabled(bool(filled) and not self.pad.blank)
        self.back.setEnabled(bool(self.before))
        self.remove_page.setEnabled(bool(filled))
        self.learn.setEnabled(ready)
        if not filled:
            text = tr("Add a class, such as “star”, and draw it.")
        elif not ready:
            text = tr(
                "Draw at least {n} of two classes. Enter keeps a drawing, Delete takes the chosen "
                "one away.",
                n=FEWEST,
            )
        else:
            text = tr("{n} drawings in {classes} classes.", n=sum(filled), classes=len(filled))
        self.hint.setText(text)

    @Slot(object, object)
    def _done(self, tag: str, result: Symbols) -> None:
        if tag == "read" and not self.symbols.pages:
            self.symbols = result
            self._list()
        elif tag == "learn":
            self.wanted.emit(str(self.path))

    @Slot(object, object)
    def _failed(self, tag: str, error: StudioError) -> None:
        self.refused.emit(error)

    @Slot()
    def _learn(self) -> None:
        self.job.start("learn", self.shelf.writer(self.symbols), self.path.name)

    def changeEvent(self, event: Any) -> None:
        """The hint follows the language."""
        if event.type() == event.Type.LanguageChange:
            self._tell()
        super().changeEvent(event)


class Shelf:
    """Writes collections to one file, in the order in which they were made: of two threads the
    one with the older collection must not come last."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.newest = 0
        self.lock = threading.Lock()

    def writer(self, symbols: Symbols) -> Callable[[], Symbols]:
        """A function that writes a collection, unless a newer one has come meanwhile."""
        self.newest += 1
        return partial(self._write, symbols, self.newest)

    def _write(self, symbols: Symbols, number: int) -> Symbols:
        with self.lock:
            if number == self.newest:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                symbols.save(self.path)
        return symbols
