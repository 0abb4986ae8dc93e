"""Tells when a window has painted for the first time."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

#: Milliseconds after which it is told anyway: a window may open minimised.
PATIENCE = 1500


class FirstPaint(QObject):
    """``painted`` is emitted once, after the window's first paint event has been handled."""

    painted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tell)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the paint event; the picture is on the screen when the event loop is back."""
        if event.type() == QEvent.Type.Show:
            self._timer.start(PATIENCE)
        elif event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            self._timer.start(0)
        return False

    @Slot()
    def _tell(self) -> None:
        self._window.removeEventFilter(self)  # a paint after the patience is no news
        self.painted.emit()

    def stop(self) -> None:
        """Tell nothing any more."""
        self._timer.stop()
