"""A box that looks like a combo box and opens a small form of any content under it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.app import theme
from nnstudio.app.i18n import say
from nnstudio.app.widgets.combo import CHEVRON, HEIGHT, draw_field
from nnstudio.app.widgets.painting import draw_focus_ring, draw_icon
from nnstudio.core.text import tr

#: Places within a row of a list.
LEFT = 28
NAME_HEIGHT = 25
MOST_WIDTH = 300
#: A longer text of a box may be cut with an ellipsis.
MOST_TEXT = 92


class Popup(QFrame):
    """A frame that closes when something else is clicked, or on Escape."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 10, 12, 12)
        self.column.setSpacing(8)

    def open_under(self, anchor: QWidget) -> None:
        """Show below a widget, inside the screen."""
        self.adjustSize()
        place = anchor.mapToGlobal(QPoint(0, anchor.height() + 2))
        screen = anchor.screen().availableGeometry()
        place.setX(max(screen.left(), min(place.x(), screen.right() + 1 - self.width())))
        place.setY(max(screen.top(), min(place.y(), screen.bottom() + 1 - self.height())))
        self.move(place)
        self.show()

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell the box, so that its ring goes."""
        super().hideEvent(event)
        inside = self.focusWidget()
        if inside is not None:
            inside.clearFocus()  # else it is told that it loses the focus while it is destroyed
        self.closed.emit()


class PopupBox(QAbstractButton):
    """The box; fill ``popup.column`` and ``show_text``."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        say(self, name=name)
        self.setFixedHeight(theme.pixels(HEIGHT))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.popup = Popup(self)
        self.popup.closed.connect(self.update)
        self.clicked.connect(self.open_popup)
        self.widest: list[str] = []

    def show_text(self, text: str) -> None:
        """What the box says now."""
        if text != self.text():
            self.setText(text)
            self.setAccessibleDescription(text)
            self.update()

    def sizeHint(self) -> QSize:
        """Room for the widest text it may show, so that nothing moves when it changes."""
        metrics = self.fontMetrics()
        widths = [metrics.horizontalAdvance(tr(text)) for text in (*self.widest, self.text())]
        return QSize(max(widths) + 9 + CHEVRON + 12, theme.pixels(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """It may be squeezed; the text is then cut with an ellipsis."""
        text = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(min(text, MOST_TEXT) + 9 + CHEVRON + 7, theme.pixels(HEIGHT))

    def changeEvent(self, event: QEvent) -> None:
        """As high as the text needs."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.setFixedHeight(theme.pixels(HEIGHT))

    @Slot()
    def open_popup(self) -> None:
        """Show the form under the box."""
        self.popup.open_under(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """↓ and Enter open, as in a combo box."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_popup()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box, text, chevron."""
        painter = QPainter(self)
        focus = self.hasFocus() or self.popup.isVisible()
        draw_field(painter, self, self.text(), focus=focus)
        painter.end()


class ChoiceRow(QAbstractButton):
    """One line of a list: a tick when chosen, a name, and a help line under it."""

    def __init__(self, key: str, label: str, help: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.label = label
        self.help = help
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        say(self, name=label, description=help)

    def hasHeightForWidth(self) -> bool:
        """The help wraps in a narrow column."""
        return True

    def heightForWidth(self, width: int) -> int:
        """A line for the name, and as many as the help needs."""
        return NAME_HEIGHT + (self._help_rect(width).height() + 4 if self.help else 1)

    def sizeHint(self) -> QSize:
        """As wide as the texts, within bounds."""
        help_width = (
            QFontMetrics(theme.font(11)).horizontalAdvance(tr(self.help)) if self.help else 0
        )
        name_width = QFontMetrics(theme.font(13, bold=True)).horizontalAdvance(tr(self.label))
        width = max(name_width, min(help_width, MOST_WIDTH)) + LEFT + 10
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """It may be as narrow as its name."""
        return QSize(120, NAME_HEIGHT)

    def changeEvent(self, event: QEvent) -> None:
        """Another language takes other lines."""
        if event.type() == QEvent.Type.LanguageChange:
            self.updateGeometry()
        super().changeEvent(event)

    def _help_rect(self, width: int) -> QRect:
        room = QRect(LEFT, NAME_HEIGHT - 3, max(width - LEFT - 8, 40), 1000)
        metrics = QFontMetrics(theme.font(11))
        return metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), tr(self.help))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring shows."""
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tick, name, help."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.accent_soft))
            painter.drawRoundedRect(rect, 5, 5)
        if self.hasFocus():
            draw_focus_ring(painter, rect, 5)
        if self.isChecked():
            draw_icon(painter, self, "check", QPointF(14, 13), 16, look.accent)
        painter.setPen(QColor(look.text))
        painter.setFont(theme.font(13, bold=self.isChecked()))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        top = QRectF(LEFT, 2, self.width() - LEFT - 4, NAME_HEIGHT - 4)
        painter.drawText(top, flags, tr(self.label))
        if self.help:
            painter.setPen(QColor(look.muted))
            painter.setFont(theme.font(11))
            wrap = int(Qt.TextFlag.TextWordWrap)
            painter.drawText(self._help_rect(self.width()), wrap, tr(self.help))
        painter.end()
