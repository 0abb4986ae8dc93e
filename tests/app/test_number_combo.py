"""A number box that goes away while it has the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from nnstudio.app.widgets.number_combo import NumberCombo
from nnstudio.core.fields import fields_of
from nnstudio.core.setup import preset
from tests.turns import turn

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_a_box_may_go_while_it_has_the_keyboard(qtbot):
    outer = QWidget()
    qtbot.addWidget(outer)
    form = QWidget(outer)
    column = QVBoxLayout(form)
    field = fields_of(preset("xor").training)["epochs"]
    box = NumberCombo(field, (1, 2, 3), parent=form)
    column.addWidget(box)
    outer.show()
    qtbot.waitExposed(outer)
    outer.activateWindow()
    box.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is box.entry)
    form.deleteLater()
    turn()
    assert QApplication.focusWidget() is None and not outer.findChildren(NumberCombo)
