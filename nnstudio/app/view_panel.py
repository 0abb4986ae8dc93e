"""What most panels are: a result with something to show it in, or a sentence that says what they
need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from PySide6.QtCore import QEvent, QRectF, QSize, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from nnstudio.app.backdrop import draw_message
from nnstudio.app.header import HeaderButton
from nnstudio.app.panel import NO_NETWORK, Panel, Table
from nnstudio.core.data import Data
from nnstudio.core.network import Network
from nnstudio.core.text import tr


@dataclass(frozen=True)
class Missing:
    """Why there is nothing to show: a marked sentence."""

    text: str
    values: dict[str, Any] = field(default_factory=dict)


class Picker(HeaderButton):
    """One of some choices behind a word with ▾; ``picked`` carries the key. ``words`` are marked
    texts, or with ``plain`` texts that are shown as they are."""

    picked = Signal(str)

    def __init__(
        self, tool_tip: str, words: Mapping[str, str] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__("", tool_tip, parent)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.value = ""
        self._words: dict[str, str] = {}
        self._plain = False
        self._said = tool_tip
        menu = QMenu(self)
        self._group = QActionGroup(menu)
        menu.triggered.connect(self._pick)
        self.setMenu(menu)
        if words:
            self.set_words(words)

    def set_words(self, words: Mapping[str, str], *, plain: bool = False) -> None:
        """Other choices; the present one stays if it is among them, else the first is chosen."""
        if dict(words) == self._words and self._plain == plain:
            self._show()
            return
        self._words, self._plain = dict(words), plain
        if self.value not in self._words:
            self.value = next(iter(self._words), "")
        menu = self.menu()
        menu.close()  # open, but emptied or disabled, it would answer no key and never end
        menu.clear()
        for key in self._words:
            action = QAction(menu)
            action.setData(key)
            action.setCheckable(True)
            self._group.addAction(action)
            menu.addAction(action)
        self._show()

    def choose(self, key: str) -> None:
        """Choose without telling anybody."""
        if key in self._words:
            self.value = key
            self._show()

    def _show(self) -> None:
        for action in self.menu().actions():
            word = self._words[str(action.data())]
            action.setText(word if self._plain else tr(word))
            action.setChecked(action.data() == self.value)
        word = self._words.get(self.value, "")
        self.setText(f"{word if self._plain else tr(word)} ▾")
        self.setAccessibleName(tr(self._said))
        self.setToolTip(tr(self._said))
        self.setEnabled(len(self._words) > 1)
        self.updateGeometry()
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Words follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._show()

    @Slot(QAction)
    def _pick(self, action: QAction) -> None:
        key = str(action.data())
        if key != self.value:
            self.value = key
            self._show()
            self.picked.emit(key)


class ViewPanel(Panel):
    """``measure`` gives a result or ``Missing``; ``show_result`` puts it into ``content``."""

    waiting: ClassVar[str] = NO_NETWORK
    paints_whole = True
    rate = 4.0

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self.result: Any = None
        self.missing: Missing | None = None
        self._of: tuple[Data, Network] = (document.data, document.setup.network)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)
        self.contents: list[QWidget] = []
        self.selection = document.selection
        self.selection.changed.connect(self._selection_changed)
        self.setMinimumSize(150, 130)

    def hold(self, widget: QWidget, stretch: int = 1) -> None:
        """Show a widget while there is a result."""
        self.contents.append(widget)
        widget.hide()
        self.column.addWidget(widget, stretch)

    def sizeHint(self) -> QSize:
        """Room in a column."""
        return QSize(300, 230)

    # --- what a view fills in ---

    def show_result(self, result: Any) -> None:
        """Put a result into the widgets; also called for a new theme or language."""

    def adapt(self) -> None:
        """The setup changed: choices may have to follow."""

    def describe(self, result: Any) -> str:
        """One sentence for a screen reader."""
        return ""

    def rows(self, result: Any) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """The numbers of a result, for a file."""
        return (), ()

    # --- what all do alike ---

    def display(self, result: Any) -> None:
        """Take a result."""
        self.missing = result if isinstance(result, Missing) else None
        self.result = None if isinstance(result, Missing) else result
        self.refresh()

    def refresh(self) -> None:
        """Show what there is."""
        for widget in self.contents:
            if widget.isHidden() != (self.result is None):
                widget.setVisible(self.result is not None)
        if self.result is not None:
            self.show_result(self.result)
        self.update()

    def document_changed(self) -> None:
        """What belongs to other data or another network goes."""
        now = (self.document.data, self.document.setup.network)
        if now[0] is not self._of[0] or now[1] != self._of[1]:
            self.result = None
            self.missing = None
        self._of = now
        self.adapt()
        self.refresh()

    @Slot()
    def _selection_changed(self) -> None:
        if self.isVisible():
            self.selection_changed()

    def selection_changed(self) -> None:
        """Something else is looked at."""
        self.refresh()

    def sentence(self) -> str:
        """What is said in place of a result."""
        if self.missing is not None:
            return tr(self.missing.text, **self.missing.values)
        return tr(self.waiting)

    def summary(self) -> str:
        """The result in one sentence, or what is missing."""
        return self.describe(self.result) if self.result is not None else self.sentence()

    def numbers(self) -> Table | None:
        """The result's numbers."""
        return self.rows(self.result) if self.result is not None else None

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.result is None:
            painter = QPainter(self)
            draw_message(painter, QRectF(self.rect()), self.sentence())
            painter.end()
