"""The dialog for files and its list of completions."""

from __future__ import annotations

import pytest
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
        line.completer().complete()  # as when a folder has been read only now
        assert QApplication.activePopupWidget() is None and not dialog.isVisible()
        line.clear()
