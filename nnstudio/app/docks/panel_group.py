"""Panels that share one place: tabs, the front panel's small controls, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.app import theme
from nnstudio.app.docks.panel_frame import PanelFrame
from nnstudio.app.docks.panel_layout import Group
from nnstudio.app.docks.panel_tabs import MIME, PanelTabs
from nnstudio.app.i18n import say
from nnstudio.app.widgets.buttons import IconButton
from nnstudio.core.text import mark, tr

#: The part of a side on which a drop makes a group of its own.
EDGE = 0.25
#: After a change of language or type, until what is inside has followed.
SETTLE_MILLISECONDS = 60


class DropShade(QWidget):
    """Where a dragged panel would go, in the accent colour."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ink = QColor(theme.current().accent)
        painter.setPen(ink)
        ink.setAlphaF(0.16)
        painter.setBrush(ink)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()


class PanelGroup(QWidget):
    """``dropped(name, zone)``: a panel was dropped here; zone is ``"tab"``, ``"before"`` or
    ``"after"``. The other signals carry the name of the panel in front, or that of a tab."""

    dropped = Signal(str, str)
    dropped_outside = Signal(str)
    close_wanted = Signal(str)
    add_wanted = Signal()
    more_wanted = Signal(str)
    turned = Signal(str)
    is_area = True  # F6 stops here

    def __init__(self, group: Group, place: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.group = group
        self.place = place
        self.frames: list[PanelFrame] = []
        self.tabs = say(PanelTabs(self), name=mark("Panels here"))
        self.tabs.currentChanged.connect(self._turn)
        self.tabs.dropped_outside.connect(self.dropped_outside)
        self.tabs.focused.connect(self.tell)
        self.add_button = IconButton(
            "plus", mark("Open another panel here"), size=20, frame=False, parent=self
        )
        self.more_button = IconButton(
            "more", mark("Export or move this panel"), size=20, frame=False, parent=self
        )
        self.close_button = IconButton(
            "close", mark("Close this panel"), size=20, frame=False, parent=self
        )
        self.add_button.clicked.connect(self.add_wanted)
        self.more_button.clicked.connect(self._more)
        self.close_button.clicked.connect(self._close)
        self.heading = QHBoxLayout()
        self.heading.setContentsMargins(14 if place == "right" else 12, 6, 10, 0)
        self.heading.setSpacing(4)
        self.heading.addWidget(self.tabs)
        self.heading.addWidget(self.add_button)
        self.heading.addStretch(1)
        self.heading.addWidget(self.more_button)
        self.heading.addWidget(self.close_button)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addLayout(self.heading)
        self.second = QHBoxLayout()
        self.second.setContentsMargins(14 if place == "right" else 12, 0, 10, 0)
        self.second.addStretch(1)
        self.column.addLayout(self.second)
        self.settling = QTimer(self)
        self.settling.setSingleShot(True)
        self.settling.setInterval(SETTLE_MILLISECONDS)
        self.settling.timeout.connect(self.refresh)
        self.shade = DropShade(self)
        self.setAcceptDrops(True)

    # --- showing ---

    def show_frames(self, frames: list[PanelFrame]) -> None:
        """These panels from now on, in order; the group's current one in front."""
        for frame in self.frames:
            if frame not in frames:
                self.release(frame)
        for frame in frames:
            if frame.group is not self:
                if frame.group is not None:
                    frame.group.release(frame)
                frame.group = self
                self.column.addWidget(frame, 1)
                frame.tools.setParent(self)
                frame.tools.room_changed.connect(self.settle)
        self.frames = list(frames)
        self.refresh()

    def release(self, frame: PanelFrame) -> None:
        """Let a panel go elsewhere."""
        frame.hide()
        self.column.removeWidget(frame)
        self.heading.removeWidget(frame.tools)
        self.second.removeWidget(frame.tools)
        frame.tools.room_changed.disconnect(self.settle)
        frame.tools.setParent(frame)
        frame.tools.hide()
        frame.group = None
        if frame in self.frames:
            self.frames.remove(frame)

    @Slot()
    def refresh(self) -> None:
        """Names and the panel in front."""
        names = [frame.panel.name for frame in self.frames]
        current = self.group.current if self.group.current in names else (names or [""])[0]
        titles = [(frame.panel.name, tr(frame.panel.title)) for frame in self.frames]
        self.tabs.show_names(titles, current)
        for at, frame in enumerate(self.frames):
            self.tabs.setTabToolTip(at, tr(frame.panel.help) if frame.panel.help else "")
        for frame in self.frames:
            front = frame.panel.name == current
            frame.setVisible(front)
            frame.tools.setVisible(front)
        self.settle()
        self.close_button.setObjectName(f"close_{current}")

    @Slot()
    def settle(self) -> None:
        """Lay out anew from the inside out: what changed while it was hidden, or before its
        surroundings did, has told nobody."""
        for frame in self.frames:
            inner = frame.tools.layout()
            assert inner is not None
            inner.invalidate()
            inner.activate()
            frame.tools.updateGeometry()
        self.place_tools()
        for row in (self.heading, self.second, self.column):
            row.invalidate()
        self.column.activate()

    def place_tools(self) -> None:
        """The front panel's controls beside its name if there is room, else below it."""
        buttons = 3 * (self.add_button.width() + self.heading.spacing())
        for frame in self.frames:
            margins = self.heading.contentsMargins()
            need = self.tabs.sizeHint().width() + frame.tools.sizeHint().width() + buttons
            below = need + margins.left() + margins.right() + 16 > self.width()
            if frame.tools.isHidden():
                continue
            here, there = (self.second, self.heading) if below else (self.heading, self.second)
            if here.indexOf(frame.tools) < 0:
                there.removeWidget(frame.tools)
                here.insertWidget(1 if below else 3, frame.tools)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place_tools()

    @property
    def front(self) -> str:
        """The name of the panel in front."""
        return self.tabs.name_at(self.tabs.currentIndex())

    @Slot(int)
    def _turn(self, index: int) -> None:
        name = self.tabs.name_at(index)
        if name:
            self.group.current = name
            self.refresh()
            self.tell()
            self.turned.emit(name)

    @Slot()
    def tell(self) -> None:
        """Whoever comes to the tabs by the keyboard hears what the panel in front shows."""
        for frame in self.frames:
            if frame.panel.name == self.front:
                frame.panel.tell()
                self.tabs.setAccessibleDescription(frame.panel.accessibleDescription())

    @Slot()
    def _close(self) -> None:
        self.close_wanted.emit(self.front)

    @Slot()
    def _more(self) -> None:
        self.more_wanted.emit(self.front)

    def changeEvent(self, event: QEvent) -> None:
        """Names follow the language."""
        super().changeEvent(event)
        kinds = (QEvent.Type.LanguageChange, QEvent.Type.FontChange)
        if event.type() in kinds and hasattr(self, "shade"):
            self.settling.start()

    # --- dropping ---

    def zone(self, at: QPointF) -> str:
        """What a drop at a point would do."""
        across = self.place == "bottom"
        share = at.x() / max(1, self.width()) if across else at.y() / max(1, self.height())
        heading = at.y() < self.tabs.geometry().bottom() + 6
        if self.place == "floating" or (heading and across):
            return "tab"
        return "before" if share < EDGE else "after" if share > 1 - EDGE else "tab"

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if not event.mimeData().hasFormat(MIME):
            return
        event.acceptProposedAction()
        zone, rect = self.zone(event.position()), self.rect()
        if zone != "tab" and self.place == "bottom":
            rect.setWidth(round(rect.width() * EDGE))
            rect.moveLeft(0 if zone == "before" else self.width() - rect.width())
        elif zone != "tab":
            rect.setHeight(round(rect.height() * EDGE))
            rect.moveTop(0 if zone == "before" else self.height() - rect.height())
        self.shade.setGeometry(rect)
        self.shade.show()
        self.shade.raise_()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.shade.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the panel in."""
        self.shade.hide()
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
            name = bytes(event.mimeData().data(MIME).data()).decode()
            self.dropped.emit(name, self.zone(event.position()))
