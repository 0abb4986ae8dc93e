"""The gallery of architectures: a card each, drawn from the real graph."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from nnstudio.app import theme
from nnstudio.app.canvas.popups import Popup
from nnstudio.app.i18n import say
from nnstudio.app.palettes.network_sketch import draw_network
from nnstudio.app.widgets.buttons import IconButton
from nnstudio.core.data import Data
from nnstudio.core.editing.gallery import GALLERY, Architecture
from nnstudio.core.text import mark, tr

CARD = QSize(206, 158)
PICTURE = 66
GAP = 10


class ArchitectureCard(QAbstractButton):
    """Picture, name, help, and how large the network is."""

    def __init__(self, architecture: Architecture, parent: QWidget) -> None:
        super().__init__(parent)
        self.architecture = architecture
        self.network = architecture.example()
        self.brings_data = False
        self.setFixedSize(CARD)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        say(
            self,
            name=architecture.label,
            description=architecture.help,
            tool_tip=architecture.help,
        )

    def suit(self, data: Data) -> None:
        """Say whether the present data can feed it."""
        self.brings_data = not self.architecture.suits(data)
        self.update()

    def facts(self) -> str:
        """“9 layers · 61,706 parameters”."""
        layers, count = len(self.network.nodes) - 1, f"{self.network.parameter_count:,}"
        if layers == 1:
            return tr("1 layer · {count} parameters", count=count)
        return tr("{layers} layers · {count} parameters", layers=layers, count=count)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes it, too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The card."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hot = self.underMouse() or self.hasFocus()
        width = 1.6 if self.hasFocus() else 1.0
        painter.setPen(QPen(QColor(look.accent if hot else look.hairline), width))
        painter.setBrush(QColor(look.canvas))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 7, 7)
        draw_network(painter, QRectF(14, 14, self.width() - 28, PICTURE - 18), self.network)
        painter.setPen(QColor(look.text))
        painter.setFont(theme.font(13, bold=True))
        left, room = 12, self.width() - 24
        painter.drawText(QRectF(left, PICTURE, room, 19), tr(self.architecture.label))
        painter.setFont(theme.font(11))
        painter.setPen(QColor(look.muted))
        wrap = int(Qt.TextFlag.TextWordWrap)
        help = tr(self.architecture.help)
        painter.drawText(QRectF(left, PICTURE + 20, room, 44), wrap, help)
        below = self.facts()
        if self.brings_data:
            painter.setPen(QColor(look.accent))
            below = tr("Opens its own data")
        painter.drawText(QRectF(left, self.height() - 20, room, 15), below)
        painter.end()


class GalleryBox(Popup):
    """``chosen`` carries an architecture."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.cards = [ArchitectureCard(one, self) for one in GALLERY]
        title = say(QLabel(self), text=mark("Architectures"))
        title.setProperty("role", "title")
        words = say(
            QLabel(self), text=mark("One click puts the network in place; undo brings yours back.")
        )
        words.setProperty("role", "caption")
        closer = IconButton(
            "close",
            mark("Close"),
            size=24,
            frame=False,
            parent=self,
            tool_tip=mark("Close (Esc)"),
        )
        closer.clicked.connect(self.close_popup)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(title)
        top.addWidget(words, 1)
        top.addWidget(closer)
        self.grid = QGridLayout()
        self.grid.setSpacing(GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 14)
        column.setSpacing(10)
        column.addLayout(top)
        column.addLayout(self.grid)
        for card in self.cards:
            card.clicked.connect(self._choose)
            card.installEventFilter(self)

    def open_over(self, data: Data) -> None:
        """Show in the middle of the window."""
        parent = self.parentWidget()
        assert parent is not None
        self.remember_focus()
        across = 4 if parent.width() >= 4 * (CARD.width() + GAP) + 60 else 3
        for number, card in enumerate(self.cards):
            card.suit(data)
            self.grid.addWidget(card, number // across, number % across)
        self.across = across
        self.adjustSize()
        x = (parent.width() - self.width()) // 2
        self.move(x, max(30, (parent.height() - self.height()) // 3))
        self.show()
        self.raise_()
        self.cards[0].setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows walk over the cards."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            steps = {
                Qt.Key.Key_Left.value: -1,
                Qt.Key.Key_Right.value: 1,
                Qt.Key.Key_Up.value: -self.across,
                Qt.Key.Key_Down.value: self.across,
            }
            step = steps.get(event.key())
            if step is not None and isinstance(watched, ArchitectureCard):
                there = self.cards.index(watched) + step
                if 0 <= there < len(self.cards):
                    self.cards[there].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)

    @Slot()
    def _choose(self) -> None:
        card = self.sender()
        assert isinstance(card, ArchitectureCard)
        self.close_popup()
        self.chosen.emit(card.architecture)
