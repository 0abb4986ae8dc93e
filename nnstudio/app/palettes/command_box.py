"""The command palette: a line to type in, and under it what it may mean."""

from __future__ import annotations

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.app import theme
from nnstudio.app.canvas.popups import Popup
from nnstudio.app.i18n import say
from nnstudio.app.palettes.command_list import Command
from nnstudio.app.widgets.painting import draw_icon
from nnstudio.core.text import mark, tr

WIDTH = 560
ROW = 30
ROWS = 11
ICON = 17
WALKING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class _Row(QStyledItemDelegate):
    """Name at the left, where it is found and its keys at the right."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """All alike."""
        return QSize(100, ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """One command."""
        command = index.data(Qt.ItemDataRole.UserRole)
        look = theme.current()
        room = QRectF(option.rect).adjusted(2, 1, -2, -1)  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        view = option.widget  # type: ignore[attr-defined]
        assert isinstance(view, QListWidget)
        if view.currentRow() == index.row():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.accent_soft))
            painter.drawRoundedRect(room, 5, 5)
        middle = room.center().y()
        drawing = "check" if command.is_on else command.icon
        if drawing:
            draw_icon(painter, view, drawing, QPointF(room.left() + 17, middle), ICON, look.accent)
        flags = Qt.AlignmentFlag.AlignVCenter
        right = room.adjusted(0, 0, -10, 0)
        painter.setFont(theme.font(11))
        painter.setPen(QColor(look.muted))
        end = f"{command.where}    {command.shortcut}" if command.shortcut else command.where
        painter.drawText(right, flags | Qt.AlignmentFlag.AlignRight, end)
        taken = painter.fontMetrics().horizontalAdvance(end)
        painter.setFont(theme.font(13))
        painter.setPen(QColor(look.text if command.is_possible else look.earlier))
        left = room.adjusted(34, 0, -taken - 24, 0)
        shown = painter.fontMetrics().elidedText(
            command.text, Qt.TextElideMode.ElideRight, int(left.width())
        )
        painter.drawText(left, flags | Qt.AlignmentFlag.AlignLeft, shown)
        painter.restore()


class CommandBox(Popup):
    """``chosen`` carries the command that Enter or a click means."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.commands: list[Command] = []
        self.recent: list[str] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(7, 7, 7, 7)
        column.setSpacing(5)
        self.line = say(
            QLineEdit(self),
            name=mark("Find a command"),
            placeholder=mark("Type what you want to do: a layer, a setting, a panel…"),
        )
        self.line.setFixedHeight(32)
        self.line.textChanged.connect(self._fill)
        self.line.installEventFilter(self)
        column.addWidget(self.line)
        self.list = QListWidget(self)
        self.list.setItemDelegate(_Row(self.list))
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setStyleSheet("QListWidget { border: 0; }")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemEntered.connect(self._hover)
        self.list.itemClicked.connect(self._choose)
        self.list.currentRowChanged.connect(self._explain)
        column.addWidget(self.list)
        self.help = QLabel(self)
        self.help.setProperty("role", "caption")
        self.help.setContentsMargins(6, 0, 6, 0)
        column.addWidget(self.help)

    def open_with(self, commands: list[Command], recent: list[str]) -> None:
        """Show over the window, ready to type."""
        self.commands, self.recent = commands, recent
        self.remember_focus()
        say(self.list, name=mark("Commands"))
        self.line.clear()
        parent = self.parentWidget()
        assert parent is not None
        width = min(WIDTH, parent.width() - 40)
        self.setFixedWidth(width)
        self._fill()
        self.move((parent.width() - width) // 2, max(40, parent.height() // 9))
        self.show()
        self.raise_()
        self.line.setFocus()

    def found(self) -> list[Command]:
        """What the line may mean, best first; with an empty line, what was used last."""
        query = self.line.text().strip()
        newest = {key: len(self.recent) - at for at, key in enumerate(self.recent)}
        if not query:
            by_use = sorted(self.commands, key=lambda c: -newest.get(c.key, 0))
            return [c for c in by_use if c.is_possible] + [c for c in by_use if not c.is_possible]
        scored: list[tuple[float, int]] = []
        for at, command in enumerate(self.commands):
            fit = command.fit(query)
            if fit > 0:
                used, out = command.key in newest, not command.is_possible
                scored.append((-(fit + 0.3 * used - out), at))
        return [self.commands[at] for _, at in sorted(scored)]

    @Slot()
    def _fill(self) -> None:
        self.list.clear()
        for command in self.found():
            item = QListWidgetItem(command.text)
            item.setData(Qt.ItemDataRole.UserRole, command)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, command.text)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._suit()
        self.list.scrollToTop()
        if self.list.count() == 0:
            self.help.setText(tr("Nothing is called that."))

    def _suit(self) -> None:
        """As high as what is found; of many, as many as have room."""
        parent = self.parentWidget()
        assert parent is not None
        room = min(ROWS, max(4, (parent.height() - 220) // ROW))
        rows = min(room, self.list.count())
        self.list.setFixedHeight(rows * ROW + 8)
        self.list.setVisible(rows > 0)
        self.adjustSize()

    @Slot(int)
    def _explain(self, row: int) -> None:
        item = self.list.item(row)
        if item is None:
            return
        command = item.data(Qt.ItemDataRole.UserRole)
        words = tr(command.help) or command.where
        self.help.setText(words if command.is_possible else tr("Not possible now."))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While one types, the arrows walk through the list and Enter takes."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in WALKING:
                QCoreApplication.sendEvent(self.list, event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    @Slot(QListWidgetItem)
    def _hover(self, item: QListWidgetItem) -> None:
        self.list.setCurrentItem(item)

    @Slot(QListWidgetItem)
    def _choose(self, item: QListWidgetItem | None) -> None:
        command = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if command is not None and command.is_possible:
            self.close_popup()
            self.chosen.emit(command)
