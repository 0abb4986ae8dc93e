"""The small frame that asks how a second input joins the first: by sum, side by side, and so on."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from nnstudio.app.canvas.popups import Popup
from nnstudio.core.editing.wiring import Joint
from nnstudio.core.text import StudioError, mark, tr

MOST_WIDTH = 340


class JointMenu(Popup):
    """One button a joint; those that cannot be are grey and say why below."""

    #: (source id, target id, joint)
    chosen = Signal(str, str, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.edge = ("", "")
        self.joints: list[Joint] = []
        self.buttons: list[QPushButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(10, 8, 10, 10)
        self._column.setSpacing(4)
        self._title = QLabel(self)
        self._title.setProperty("role", "caption")
        self._column.addWidget(self._title)
        self._rest: list[QWidget] = []

    def offer(self, source: str, target: str, joints: list[Joint], near: QRect) -> None:
        """Open beside the end of a drag."""
        self.edge, self.joints = (source, target), joints
        self._title.setText(tr("Join the two inputs by"))
        for widget in self._rest:
            self._column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._rest, self.buttons = [], []
        for joint in joints:
            self._add(joint)
        self.open_near(near)
        free = [button for button in self.buttons if button.isEnabled()]
        (free[0] if free else self).setFocus(Qt.FocusReason.TabFocusReason)

    def _add(self, joint: Joint) -> None:
        words = tr(joint.label)
        if joint.projection is not None:
            words = tr("{joint}, after a {layer}", joint=words, layer=self._name(joint))
        button = QPushButton(words, self)
        button.setProperty("role", "layer")
        button.setEnabled(joint.reason is None)
        button.setAccessibleName(words)
        button.clicked.connect(self._clicked)
        self._column.addWidget(button)
        self.buttons.append(button)
        self._rest.append(button)
        if joint.reason is not None:
            why = QLabel(self._words(joint.reason), self)
            why.setProperty("role", "caption")
            why.setWordWrap(True)
            why.setFixedWidth(MOST_WIDTH - 30)
            button.setToolTip(why.text())
            self._column.addWidget(why)
            self._rest.append(why)

    @staticmethod
    def _name(joint: Joint) -> str:
        layer = joint.projection
        assert layer is not None
        one = getattr(layer, "kernel", None) == (1, 1)
        return tr(mark("1 × 1 convolution")) if one else tr(layer.label)

    @staticmethod
    def _words(reason: StudioError) -> str:
        return str(reason)

    @Slot()
    def _clicked(self) -> None:
        joint = self.joints[self.buttons.index(self.sender())]  # type: ignore[arg-type]
        self.close_popup()
        self.chosen.emit(*self.edge, joint)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk, Enter takes."""
        focus = self.focusWidget()
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(
            focus, QPushButton
        ):
            focus.click()
        else:
            super().keyPressEvent(event)
