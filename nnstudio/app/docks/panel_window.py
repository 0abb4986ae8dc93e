"""A group of panels in a window of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QColor, QMoveEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.app import theme
from nnstudio.app.docks.panel_group import PanelGroup

#: A window that is being moved is remembered when it rests.
REST_MILLISECONDS = 400


class PanelWindow(QWidget):
    """``closed`` carries the group; ``moved`` says that it has another place or size."""

    closed = Signal(object)
    moved = Signal()

    def __init__(self, group: PanelGroup, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self.content = group
        self.setMinimumSize(220, 160)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(group)
        group.show()
        self.setWindowTitle("NNStudio")
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MILLISECONDS)
        self._rest.timeout.connect(self.moved)

    def _placed(self) -> None:
        if self.isVisible():
            place = self.geometry()
            self.content.group.rectangle = (place.x(), place.y(), place.width(), place.height())
            self._rest.start()

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._placed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._placed()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing the window closes its panels."""
        self._rest.stop()
        super().closeEvent(event)
        self.closed.emit(self.content.group)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.current().panel))
        painter.end()
