"""A panel with its margins; its small controls wait in ``tools`` for the heading of its group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.app.panel import Panel

if TYPE_CHECKING:
    from nnstudio.app.docks.panel_group import PanelGroup
    from nnstudio.app.widgets.buttons import IconButton


class Tools(QWidget):
    """A panel's small controls. Their group follows when they need more room, or less."""

    room_changed = Signal()

    def event(self, event: QEvent) -> bool:
        """What is inside has another size."""
        done = bool(super().event(event))
        if event.type() == QEvent.Type.LayoutRequest and self.sizeHint() != self._told:
            self._told = self.sizeHint()
            self.room_changed.emit()
        return done

    _told = QSize()


class PanelFrame(QWidget):
    """Lives in a group, and moves from one to another."""

    def __init__(self, panel: Panel, parent: QWidget) -> None:
        super().__init__(parent)
        self.panel = panel
        self.group: PanelGroup | None = None
        self.tools = Tools(self)
        self.tools.hide()
        self.tools.setMinimumWidth(1)  # it moves to a row of its own before it is squeezed
        row = QHBoxLayout(self.tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in panel.header_widgets():
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(14 if panel.place == "right" else 12, 5, 10, 8)
        column.addWidget(panel, 1)

    @property
    def close_button(self) -> IconButton:
        """The button that closes the panel while it is in front."""
        assert self.group is not None
        return self.group.close_button
