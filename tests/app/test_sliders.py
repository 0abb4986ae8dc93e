"""Sliders in a column that scrolls."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget

from nnstudio.app.widgets.slider import LabelledSlider
from nnstudio.core.fields import Field


def test_a_wheel_over_a_slider_scrolls_the_column(qtbot):
    column = QWidget()
    stack = QVBoxLayout(column)
    slider = LabelledSlider(Field("real", "Noise", minimum=0.0, maximum=1.0), 0.5)
    stack.addWidget(slider)
    stack.addSpacing(2000)
    area = QScrollArea()
    area.setWidget(column)
    area.resize(300, 200)
    qtbot.addWidget(area)
    area.show()
    qtbot.waitExposed(area)
    inner = slider.slider
    at = QPointF(inner.rect().center())
    QApplication.sendEvent(inner, QWheelEvent(
        at, inner.mapToGlobal(at), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False))  # fmt: skip
    assert slider.value == 0.5
    assert area.verticalScrollBar().value() > 0
