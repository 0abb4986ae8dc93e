"""The popup that offers layers to insert: every layer, by group, with a line to search them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from nnstudio.app import icons, theme
from nnstudio.app.canvas.popups import Popup
from nnstudio.app.concept_tips import concept_tip
from nnstudio.app.palettes.layer_groups import found_layers, icon_name
from nnstudio.app.palettes.layer_palette import SearchField
from nnstudio.core.text import tr

MOST_HEIGHT = 320
WALKING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class InsertMenu(Popup):
    """Choose a layer to put after a node."""

    #: (node id after which it goes, type name, node id before which it goes or "")
    chosen = Signal(str, str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.after = self.before = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(5, 5, 5, 3)
        column.setSpacing(3)
        self.search = SearchField(self)
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        column.addWidget(self.search)
        self.list = QListWidget(self)
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setStyleSheet("QListWidget { border: 0; }")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.list.setIconSize(QSize(16, 16))
        self.list.itemEntered.connect(self._hover)
        self.list.itemClicked.connect(self._choose)
        self.list.installEventFilter(self)
        column.addWidget(self.list)

    def offer(self, after: str, near: QRect, before: str = "") -> None:
        """Open beside a “+”, or where the keyboard asked for it."""
        self.after, self.before = after, before
        self.search.clear()
        self._fill()
        self._suit()
        self.list.setAccessibleName(tr("Insert a layer"))
        self.open_near(near)
        self.search.setFocus()

    @Slot()
    def _fill(self) -> None:
        """List what the search finds."""
        self.list.clear()
        small = QFont(self.font())
        small.setPixelSize(max(9, round(self.fontInfo().pixelSize() * 0.85)))
        for group, classes in found_layers(self.search.text()).items():
            heading = QListWidgetItem(tr(group))
            heading.setFlags(Qt.ItemFlag.NoItemFlags)
            heading.setFont(small)
            heading.setForeground(QColor(theme.current().muted))
            self.list.addItem(heading)
            for cls in classes:
                item = QListWidgetItem(tr(cls.label))
                item.setData(Qt.ItemDataRole.UserRole, cls.type_name)
                item.setToolTip(concept_tip(cls))
                item.setIcon(icons.icon(icon_name(cls), 16, colour=theme.current().accent))
                self.list.addItem(item)
        self.list.setCurrentRow(1)

    def _suit(self) -> None:
        """As large as the whole list, within bounds; it keeps its size while one searches."""
        rows = sum(self.list.sizeHintForRow(i) for i in range(self.list.count()))
        width = self.list.sizeHintForColumn(0) + 40
        parent = self.parentWidget()
        most = min(MOST_HEIGHT, parent.height() - 40) if parent is not None else MOST_HEIGHT
        self.list.setFixedSize(max(width, 150), min(rows + 10, max(most, 80)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentItem())
            return
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While one types, ↑ and ↓ still walk through the list."""
        if (
            watched is self.search
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in WALKING
        ):
            QCoreApplication.sendEvent(self.list, event)
            return True
        return super().eventFilter(watched, event)

    @Slot(QListWidgetItem)
    def _hover(self, item: QListWidgetItem) -> None:
        if item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.list.setCurrentItem(item)

    @Slot(QListWidgetItem)
    def _choose(self, item: QListWidgetItem | None) -> None:
        type_name = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if type_name:
            self.close_popup()
            self.chosen.emit(self.after, type_name, self.before)
