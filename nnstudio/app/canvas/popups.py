"""Small frames that float over the canvas and never block it: Esc or a click elsewhere closes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget
from shiboken6 import isValid


class Popup(QFrame):
    """A frame above the canvas that goes when the keyboard focus leaves it."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.heir: QWidget | None = None
        self.setObjectName("popup")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.hide()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_changed)

    def open_near(self, target: QRect) -> None:
        """Show beside a rectangle of the parent: below it, or above where there is no room."""
        parent = self.parentWidget()
        assert parent is not None
        self.adjustSize()
        area = parent.rect().adjusted(6, 6, -6, -6)
        x = target.center().x() - self.width() // 2
        y = target.bottom() + 7
        if y + self.height() > area.bottom() and target.top() - 7 - self.height() >= area.top():
            y = target.top() - 7 - self.height()
        x = max(area.left(), min(x, area.right() - self.width()))
        y = max(area.top(), min(y, area.bottom() - self.height()))
        self.move(QPoint(x, y))
        self.show()
        self.raise_()

    def remember_focus(self) -> None:
        """Who has the keyboard now gets it back in place of the canvas."""
        self.heir = QApplication.focusWidget()

    @Slot()
    def close_popup(self) -> None:
        """Hide and give the focus back: to who was remembered and is still there, or the canvas."""
        if self.isHidden():
            return
        heir, self.heir = self.heir, None
        if heir is None or not isValid(heir):
            heir = self.parentWidget()
        focus = QApplication.focusWidget()
        had_focus = focus is not None and (focus is self or self.isAncestorOf(focus))
        self.hide()
        if had_focus and heir is not None:
            heir.setFocus()
        self.closed.emit()

    @Slot(QWidget, QWidget)
    def _focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        if self.isHidden() or now is None or now is self:
            return
        if not self.isAncestorOf(now) and not now.window().inherits("QComboBoxPrivateContainer"):
            self.close_popup()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()  # a click on its border is none on the canvas behind it

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_popup()
        else:
            event.accept()  # keys meant for a popup never act on the network behind it

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc closes from every child that was told to (they may swallow keys)."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            self.close_popup()
            return True
        return super().eventFilter(watched, event)
