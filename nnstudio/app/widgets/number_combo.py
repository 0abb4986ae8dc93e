"""A number that can be typed, or chosen from usual values, or stepped through with ↑ and ↓."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QWidget
from shiboken6 import isValid

from nnstudio.app import theme
from nnstudio.app.widgets.combo import CHEVRON, HEIGHT
from nnstudio.app.widgets.painting import draw_box, draw_icon
from nnstudio.app.widgets.slider import plain_number
from nnstudio.core.fields import Field
from nnstudio.core.text import StudioError, tr


class _Entry(QLineEdit):
    """A line that leaves Ctrl+Z to the window unless something is being typed."""

    def __init__(self, box: QWidget) -> None:
        super().__init__(box)
        self.box = box
        self.setProperty("role", "bare")

    def event(self, event: QEvent) -> bool:
        """Undo of an untouched line is the document's undo."""
        if event.type() == QEvent.Type.ShortcutOverride and not self.isModified():
            assert isinstance(event, QKeyEvent)
            standard = QKeySequence.StandardKey
            if event.matches(standard.Undo) or event.matches(standard.Redo):
                event.ignore()
                return False
        return bool(super().event(event))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Reached by Tab, the number is selected, so that typing replaces it."""
        super().focusInEvent(event)
        self.box.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving commits (``editingFinished``)."""
        super().focusOutEvent(event)
        if isValid(self.box):  # a box that goes away with the focus in it takes the focus first
            self.box.update()


class NumberCombo(QWidget):
    """One declared number. ``edited`` carries a checked value, ``refused`` a ``StudioError``.

    ``words`` gives some values a marked word, such as 0 epochs: "No end".
    """

    edited = Signal(object)
    refused = Signal(object)

    def __init__(
        self,
        field: Field,
        choices: Sequence[float],
        words: dict[float, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.field = field
        self.choices = tuple(choices)
        self.words = words or {}
        self.value: Any = None
        self.setFixedHeight(theme.pixels(HEIGHT))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.entry = _Entry(self)
        self.setFocusProxy(self.entry)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, CHEVRON + 7, 2)
        row.addWidget(self.entry)
        self.menu = QMenu(self)
        self.menu.triggered.connect(self._choose)
        self.menu.aboutToHide.connect(self.update)
        self.entry.editingFinished.connect(self._typed)
        self.entry.returnPressed.connect(self.entry.selectAll)

    def setAccessibleName(self, name: str) -> None:
        """The line inside is what a screen reader meets."""
        super().setAccessibleName(name)
        self.entry.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        """Room for about seven digits, and for every word."""
        metrics = self.fontMetrics()
        texts = [tr(word) for word in self.words.values()] + ["0.0001"]
        widest = max(metrics.horizontalAdvance(text) for text in texts)
        return QSize(widest + 9 + CHEVRON + 14, theme.pixels(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Room for what it says now."""
        text = self.entry.text() if self.value is not None else ""
        return QSize(
            max(52, self.fontMetrics().horizontalAdvance(text) + CHEVRON + 24), self.height()
        )

    def shown(self, value: Any) -> str:
        """A value as text."""
        word = self.words.get(value)
        return tr(word) if word is not None else plain_number(value)

    def show_value(self, value: Any) -> None:
        """Show a value without telling anybody; what is being typed stays."""
        changed = value != self.value
        self.value = value
        if changed:
            self.updateGeometry()
        if changed or not (self.entry.hasFocus() and self.entry.isModified()):
            self.entry.setText(self.shown(value))
            self.entry.setCursorPosition(0)
            self.entry.setModified(False)

    def show_mixed(self) -> None:
        """Show that there are several values; what is typed or chosen then holds for all."""
        self.value = None
        self.entry.setText("")
        self.entry.setPlaceholderText(tr("mixed"))
        self.entry.setModified(False)

    def changeEvent(self, event: QEvent) -> None:
        """Words follow the language."""
        if event.type() == QEvent.Type.LanguageChange and self.value is not None:
            self.show_value(self.value)
            self.updateGeometry()
        elif event.type() == QEvent.Type.FontChange:
            self.setFixedHeight(theme.pixels(HEIGHT))
        super().changeEvent(event)

    @Slot()
    def open_menu(self) -> None:
        """Show the usual values."""
        self.menu.clear()
        for choice in self.choices:
            action = self.menu.addAction(self.shown(choice))
            action.setData(choice)
            action.setCheckable(True)
            action.setChecked(choice == self.value)
        self.menu.setMinimumWidth(self.width())
        self.menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """↑ and ↓ step to the next usual value, Alt+↓ opens the list, Escape takes back."""
        keys = Qt.Key
        if event.key() == keys.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.open_menu()
        elif event.key() in (keys.Key_Up, keys.Key_Down):
            self._step(event.key() == keys.Key_Up)
        elif event.key() == keys.Key_Escape and self.entry.isModified():
            self.entry.setText("" if self.value is None else self.shown(self.value))
            self.entry.selectAll()
            self.entry.setModified(False)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The chevron opens the list."""
        if event.button() == Qt.MouseButton.LeftButton and self.isEnabled():
            self.open_menu()

    def _step(self, up: bool) -> None:
        ordered = sorted(self.choices)
        if self.value is None:
            further = ordered
        elif up:
            further = [choice for choice in ordered if choice > self.value]
        else:
            further = [choice for choice in reversed(ordered) if choice < self.value]
        if further:
            self._offer(further[0])

    def _offer(self, given: Any) -> None:
        old = self.value
        try:
            value = self.field.read(given)
        except StudioError as error:
            self.entry.setText("" if old is None else self.shown(old))
            self.entry.setModified(False)
            self.refused.emit(error)
            return
        self.value = value
        self.entry.setText(self.shown(value))
        self.entry.setModified(False)
        if value != old:
            self.edited.emit(value)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        self._offer(action.data())

    @Slot()
    def _typed(self) -> None:
        if not self.entry.isModified():
            return
        text = self.entry.text().strip()
        for value, word in self.words.items():
            if text.casefold() in (tr(word).casefold(), word.casefold()):
                self._offer(value)
                return
        self._offer(_ascii_number(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box and chevron; the text is the line's own."""
        painter = QPainter(self)
        draw_box(painter, self, focus=self.entry.hasFocus(), hover=self.underMouse())
        centre = QPointF(self.width() - 6 - CHEVRON / 2, self.height() / 2)
        draw_icon(painter, self, "chevron-down", centre, CHEVRON, theme.current().muted)
        painter.end()


def _ascii_number(text: str) -> str:
    """``0,03`` is 0.03 where a comma parts decimals; ``1,000`` is a thousand."""
    before, comma, after = text.partition(",")
    if comma and "," not in after and "." not in text and (len(after) != 3 or before in ("", "0")):
        return f"{before or 0}.{after}"
    return text.replace(",", "").replace(" ", "")
