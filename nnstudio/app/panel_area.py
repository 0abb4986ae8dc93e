"""Where panels live: stacked in the right column, side by side along the bottom."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from nnstudio.app.bridge import Bridge
from nnstudio.app.document import Document
from nnstudio.app.i18n import say
from nnstudio.app.panel import Panel, panels
from nnstudio.app.settings import Settings
from nnstudio.app.widgets.buttons import IconButton
from nnstudio.core.setup import Setup
from nnstudio.core.text import mark
from nnstudio.engine.session import Session


class PanelFrame(QWidget):
    """A panel under its heading: title left, its small controls and a close button right."""

    closed = Signal(str)  # the panel's name

    def __init__(self, panel: Panel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.panel = panel
        title = say(QLabel(self), text=panel.title)
        title.setProperty("role", "title")
        self.close_button = IconButton("close", mark("Close this panel"), size=20, frame=False)
        self.close_button.setObjectName(f"close_{panel.name}")
        self.close_button.clicked.connect(self._close)
        heading = QHBoxLayout()
        heading.setContentsMargins(0, 0, 0, 0)
        heading.setSpacing(6)
        heading.addWidget(title)
        heading.addStretch(1)
        for widget in panel.header_widgets():
            heading.addWidget(widget)
        heading.addWidget(self.close_button)
        column = QVBoxLayout(self)
        right = panel.place == "right"
        column.setContentsMargins(14 if right else 12, 8, 10, 8)
        column.setSpacing(5)
        column.addLayout(heading)
        column.addWidget(panel, 1)

    @Slot()
    def _close(self) -> None:
        self.closed.emit(self.panel.name)


class PanelArea(QObject):
    """Makes every panel once, and shows those that are wanted and fit the data.

    ``changed`` says that some panel was opened or closed.
    """

    changed = Signal()

    def __init__(
        self,
        document: Document,
        session: Session,
        bridge: Bridge,
        settings: Settings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.settings = settings
        self.frames: dict[str, PanelFrame] = {}
        # Without a parent a panel that is shown here would be a window of its own.
        self.bottom = QSplitter(Qt.Orientation.Horizontal, parent)
        self.bottom.setHandleWidth(1)
        self.bottom.setChildrenCollapsible(False)
        self.right = QScrollArea(parent)
        self.right.setWidgetResizable(True)
        self.right.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.right.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.right.setMinimumWidth(260)
        inside = QWidget(self.right)
        inside.setObjectName("column")
        self.stack = QVBoxLayout(inside)
        self.stack.setContentsMargins(0, 2, 0, 4)
        self.stack.setSpacing(0)
        for cls in panels():
            home = inside if cls.place == "right" else self.bottom
            frame = PanelFrame(cls(document, session, home), home)
            frame.closed.connect(self._close)
            self.frames[cls.name] = frame
            if cls.place == "right":
                self.stack.addWidget(frame)
            else:
                self.bottom.addWidget(frame)
            bridge.add(frame.panel)
        self.stack.addStretch(1)
        self.right.setWidget(inside)
        document.changed.connect(self._follow)
        self.arrange()

    @property
    def closed(self) -> set[str]:
        """Names of panels that somebody closed."""
        return {name for name in self.settings.closed_panels.split(",") if name}

    def fits(self, name: str) -> bool:
        """Whether a panel has something to show of the present data."""
        return self.document.setup.dataset.group in self.frames[name].panel.fits

    def is_open(self, name: str) -> bool:
        """Whether a panel is wanted (it may still not fit the data)."""
        return name not in self.closed

    def set_open(self, name: str, wanted: bool) -> None:
        """Open or close a panel, and remember it."""
        closed = self.closed - {name} if wanted else self.closed | {name}
        self.settings.closed_panels = ",".join(sorted(closed))
        self.arrange()

    def arrange(self) -> None:
        """Show what is wanted and fits."""
        shown = {"right": False, "bottom": False}
        for name, frame in self.frames.items():
            visible = self.is_open(name) and self.fits(name)
            frame.setVisible(visible)
            shown[frame.panel.place] |= visible
        self.right.setVisible(shown["right"])
        self.bottom.setVisible(shown["bottom"])
        self.changed.emit()

    @Slot(str)
    def _close(self, name: str) -> None:
        self.set_open(name, False)

    @Slot(object, object)
    def _follow(self, before: Setup, after: Setup) -> None:
        if before.dataset.group != after.dataset.group:
            self.arrange()
