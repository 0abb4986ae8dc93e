"""A person at the window: opens data, divides it, trains and reads the scores, by events alone."""

from __future__ import annotations

import time

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel, QLineEdit

LEFT = Qt.MouseButton.LeftButton
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


def wait_until(done, seconds=60.0):
    """Let the window live until something holds."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it never came"
        QTest.qWait(5)


class Person:
    """Uses the keys and the mouse; looks only at what is shown."""

    def __init__(self, window):
        self.window = window

    # --- opening ---

    def opens(self, path):
        """Ctrl+O, the file's path pasted, Open."""
        QTest.keyClick(self.window, Key.Key_O, CTRL)
        dialog = self.window.opener.dialog
        wait_until(dialog.isVisible)
        line = dialog.findChild(QLineEdit)
        line.selectAll()
        QApplication.clipboard().setText(str(path))  # letter by letter the list would complete it
        QTest.keyClick(line, Key.Key_V, CTRL)
        line.completer().popup().hide()
        buttons = dialog.findChild(QDialogButtonBox)
        QTest.mouseClick(buttons.button(QDialogButtonBox.StandardButton.Open), LEFT)
        wait_until(lambda: not dialog.isVisible())
        self.window.activateWindow()  # a window manager does it, where there is one

    def drops(self, path):
        """Drag a file or folder from elsewhere and let it go over the window."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        place, action = QPoint(300, 300), Qt.DropAction.CopyAction
        for event in (
            QDragEnterEvent(place, action, mime, LEFT, NONE),
            QDropEvent(QPointF(place), action, mime, LEFT, NONE),
        ):
            QApplication.sendEvent(self.window, event)
            assert event.isAccepted()

    def chooses_target(self, name):
        """Answer which column to predict, by the keyboard, and press the button."""
        chooser = self.window.databar.pages["Tables"].chooser
        wait_until(chooser.isVisible)
        wait_until(chooser.target.hasFocus, 10)
        for _ in range(chooser.target.count()):
            if chooser.target.currentText() == name:
                break
            QTest.keyClick(chooser.target, Key.Key_Up)
        assert chooser.target.currentText() == name
        QTest.mouseClick(chooser.use, LEFT)
        loader = self.window.databar.loader
        wait_until(lambda: not loader.busy and not chooser.isVisible())
        assert self.window.document.setup.dataset.group == "Tables"

    # --- the data page ---

    def looks_at_data(self):
        """A click below the data column's facts."""
        group = self.window.document.setup.dataset.group
        QTest.mouseClick(self.window.databar.pages[group].look, LEFT)
        page = self.window.stage.pages["data"].content
        wait_until(lambda: page.isVisible() and not page.job.busy)
        return page

    def types(self, line, value):
        """Put a value in place of what a line says, and press Enter."""
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, str(value))
        QTest.keyClick(line, Key.Key_Return)

    def divides(self, page, **values):
        """Type into the split's form: ``valid``, ``test``, ``seed``."""
        group = self.window.document.setup.dataset.group
        cards = page.table.parts if group == "Tables" else page.gallery.cards
        for name, value in values.items():
            self.types(cards["split"].form.editors[name].entry, value)
            wait_until(
                lambda name=name, value=value: (
                    getattr(self.window.document.setup.dataset.recipe.split, name) == value
                )
            )
        wait_until(lambda: not page.job.busy)
        QTest.keyClick(page, Key.Key_Escape)
        wait_until(self.window.canvas.isVisible)

    # --- training ---

    def trains(self, seconds=600.0):
        """Press Play and wait for the end."""
        session = self.window.session
        wait_until(lambda: session.ready and session.latest is not None)
        QTest.mouseClick(self.window.topbar.play, LEFT)
        wait_until(lambda: session.playing, 10)
        wait_until(lambda: session.latest.finished and not session.playing, seconds)

    def reads_test_score(self):
        """The accuracy (a share) or R² of the test part, as the scores say it."""
        panel = self.window.area.panel("scores")
        texts = lambda: [x.text() for x in panel.findChildren(QLabel) if x.isVisibleTo(panel)]  # noqa: E731
        QTest.qWait(500)  # the scores follow some times a second
        wait_until(lambda: any(text.startswith("Test loss") for text in texts()))
        (said,) = (text for text in texts() if text.startswith("Test loss"))
        if "accuracy" in said:
            return float(said.split("accuracy ")[1].rstrip(" %")) / 100
        return float(said.split("R² ")[1].split()[0].replace("−", "-"))
