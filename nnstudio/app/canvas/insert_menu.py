"""The popup that offers layers to insert: every registered layer, by group."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from nnstudio.app import theme
from nnstudio.app.canvas.columns import GROUP_ORDER
from nnstudio.app.canvas.popups import Popup
from nnstudio.core.contracts import Layer
from nnstudio.core.registry import table
from nnstudio.core.text import tr

MOST_HEIGHT = 300


def offered_layers() -> list[tuple[str, list[type[Layer]]]]:
    """What can be inserted: (group, layer classes), in the order of the palette."""
    groups: dict[str, list[type[Layer]]] = {}
    for cls in table(Layer).values():
        if cls.arity == 1:
            groups.setdefault(cls.group, []).append(cls)
    known: dict[str, int] = {name: number for number, name in enumerate(GROUP_ORDER)}
    order = sorted(groups, key=lambda name: (known.get(name, len(known)), name))
    return [(name, sorted(groups[name], key=lambda cls: cls.label)) for name in order]


class InsertMenu(Popup):
    """Choose a layer to put after a node."""

    #: (node id after which it goes, type name)
    chosen = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.after = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(3, 3, 3, 3)
        self.list = QListWidget(self)
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setStyleSheet("QListWidget { border: 0; }")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.list.itemEntered.connect(self._hover)
        self.list.itemClicked.connect(self._choose)
        self.list.installEventFilter(self)
        column.addWidget(self.list)

    def offer(self, after: str, near: QRect) -> None:
        """Open beside a “+”, or where the keyboard asked for it."""
        self.after = after
        self._fill()
        self.list.setAccessibleName(tr("Insert a layer"))
        self.open_near(near)
        self.list.setFocus()

    def _fill(self) -> None:
        self.list.clear()
        small = QFont(self.font())
        small.setPixelSize(max(9, round(self.fontInfo().pixelSize() * 0.85)))
        for group, classes in offered_layers():
            heading = QListWidgetItem(tr(group))
            heading.setFlags(Qt.ItemFlag.NoItemFlags)
            heading.setFont(small)
            heading.setForeground(QColor(theme.current().muted))
            self.list.addItem(heading)
            for cls in classes:
                item = QListWidgetItem(tr(cls.label))
                item.setData(Qt.ItemDataRole.UserRole, cls.type_name)
                item.setToolTip(tr(cls.help))
                self.list.addItem(item)
        self.list.setCurrentRow(1)
        rows = sum(self.list.sizeHintForRow(i) for i in range(self.list.count()))
        width = self.list.sizeHintForColumn(0) + 34
        parent = self.parentWidget()
        most = min(MOST_HEIGHT, parent.height() - 40) if parent is not None else MOST_HEIGHT
        self.list.setFixedSize(max(width, 150), min(rows + 10, max(most, 80)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentItem())
            return
        super().keyPressEvent(event)

    @Slot(QListWidgetItem)
    def _hover(self, item: QListWidgetItem) -> None:
        if item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.list.setCurrentItem(item)

    @Slot(QListWidgetItem)
    def _choose(self, item: QListWidgetItem | None) -> None:
        type_name = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if type_name:
            self.close_popup()
            self.chosen.emit(self.after, type_name)
