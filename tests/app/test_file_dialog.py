"""The dialog for files and its list of completions."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit

from nnstudio.app.widgets.file_dialog import FileDialog

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.mark.parametrize("result", [QDialog.DialogCode.Accepted, QDialog.DialogCode.Rejected])
def test_no_list_of_names_outlives_the_dialog(qtbot, tmp_path, result):
    (tmp_path / "one.csv").write_text("a,b\n")
    dialog = FileDialog()
    qtbot.addWidget(dialog)
    dialog.setDirectory(str(tmp_path))
    for _ in range(2):  # a dialog may be shown again, and then completes as before
        dialog.open()
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow)
        line = dialog.findChild(QLineEdit)
        line.setFocus()
        QTest.keyClicks(line, "o")
        qtbot.waitUntil(lambda line=line: line.completer().popup().isVisible())
        dialog.done(result.value)
        qtbot.wait(1)
        line.completer().complete()  # as when a folder has been read only now
        assert QApplication.activePopupWidget() is None and not dialog.isVisible()
        line.clear()


def test_enter_in_the_list_of_names_opens_the_file(qtbot, tmp_path):
    (tmp_path / "one.csv").write_text("a,b\n")
    dialog = FileDialog()
    qtbot.addWidget(dialog)
    chosen = []
    dialog.fileSelected.connect(chosen.append)
    for keys in ((Qt.Key.Key_Return,), (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Return)):
        dialog.setDirectory(str(tmp_path))
        dialog.open()
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow)
        line = dialog.findChild(QLineEdit)
        line.setFocus()
        typed = str(tmp_path / "one.csv") if len(keys) == 1 else "o"
        QTest.keyClicks(line, typed)
        qtbot.waitUntil(lambda line=line: line.completer().popup().isVisible())
        for key in keys:  # what has the keyboard now: the list over the line
            QTest.keyClick(QApplication.activePopupWidget() or line, key)
        qtbot.waitUntil(lambda: not dialog.isVisible())
        qtbot.wait(5)
        assert (
            chosen.pop() == str(tmp_path / "one.csv") and QApplication.activePopupWidget() is None
        )
        line.clear()
