"""Sliders in a column that scrolls."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from nnstudio.app.widgets.slider import LabelledSlider
from nnstudio.core.fields import Field


def test_a_wheel_over_a_slider_is_left_to_the_column(qtbot):
    slider = LabelledSlider(Field("real", "Noise", minimum=0.0, maximum=1.0), 0.5)
    qtbot.addWidget(slider)
    slider.show()
    at = QPointF(slider.slider.rect().center())
    turn = QWheelEvent(
        at, slider.slider.mapToGlobal(at), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(slider.slider, turn)
    assert slider.value == 0.5
    assert not turn.isAccepted()
