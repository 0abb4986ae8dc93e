"""Small controls for a panel's heading: a toggle, a text button, a key to the lines of a plot."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QToolButton, QWidget

from nnstudio.app import theme
from nnstudio.app.i18n import say
from nnstudio.app.widgets.painting import draw_focus_ring
from nnstudio.core.text import tr

SMALL = 12
BOX = 9.0
GAP = 5.0
HEIGHT = 22


class HeaderButton(QToolButton):
    """A word that acts when clicked, in muted text."""

    def __init__(self, text: str, tool_tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("headerButton")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        say(self, tool_tip=tool_tip, name=text or tool_tip, description=tool_tip)
        if text:  # else its owner says what is on it, in every language
            say(self, text=text)

    def sizeHint(self) -> QSize:
        return QSize(round(self._advance()) + 8, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        """As wide as the word is now."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.LanguageChange):
            self.updateGeometry()

    def _advance(self) -> float:
        return QFontMetricsF(theme.font(SMALL)).horizontalAdvance(self.text())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw(painter)
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), 4)
        painter.end()

    def ink(self) -> QColor:
        """The colour of the word."""
        look = theme.current()
        if not self.isEnabled():
            return QColor(look.earlier)
        return QColor(
            look.accent if self.isDown() else look.text if self.underMouse() else look.muted
        )

    def draw(self, painter: QPainter) -> None:
        """The word."""
        painter.setPen(self.ink())
        painter.setFont(theme.font(SMALL))
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, self.text())


class Toggle(HeaderButton):
    """A word with a small box after it that is ticked or not."""

    def __init__(
        self, text: str, tool_tip: str, checked: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, tool_tip, parent)
        self.setObjectName("headerToggle")
        self.setCheckable(True)
        self.setChecked(checked)

    def sizeHint(self) -> QSize:
        return QSize(round(self._advance() + GAP + BOX) + 9, HEIGHT)

    def draw(self, painter: QPainter) -> None:
        """The word and the box."""
        look = theme.current()
        painter.setPen(self.ink())
        painter.setFont(theme.font(SMALL))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(self.rect()).adjusted(4, 0, 0, 0), middle, self.text())
        box = QRectF(self.width() - 4.5 - BOX, (self.height() - BOX) / 2, BOX, BOX)
        box.moveTo(int(box.x()) + 0.5, int(box.y()) + 0.5)
        on = self.isChecked()
        painter.setPen(QPen(QColor(look.accent) if on else self.ink(), 1))
        painter.setBrush(QColor(look.accent) if on else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 2, 2)
        if on:
            tick = QPainterPath(QPointF(box.left() + 2, box.center().y()))
            tick.lineTo(box.left() + 3.8, box.bottom() - 2.4)
            tick.lineTo(box.right() - 1.8, box.top() + 2.4)
            painter.setPen(QPen(QColor(look.on_accent), 1.3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(tick)


class Key(QWidget):
    """Which line is which: (marked name, dashed) pairs, in the accent colour or in their own."""

    STROKE = 14.0

    def __init__(self, entries: Sequence[tuple[str, bool]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries = tuple(entries)
        self.colours: tuple[str, ...] = ()
        self.setFixedHeight(HEIGHT)

    def set_entries(self, entries: Sequence[tuple[str, bool]], colours: Sequence[str] = ()) -> None:
        """Other lines; ``colours`` (``#rrggbb``) of the first of them, the rest in the accent."""
        if (tuple(entries), tuple(colours)) != (self.entries, self.colours):
            self.entries, self.colours = tuple(entries), tuple(colours)
            self.updateGeometry()
            self.update()

    def _widths(self) -> list[float]:
        advance = QFontMetricsF(theme.font(SMALL)).horizontalAdvance
        return [self.STROKE + GAP + advance(tr(name)) + 10 for name, _ in self.entries]

    def sizeHint(self) -> QSize:
        return QSize(round(sum(self._widths())), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        x, y = 0.0, int(self.height() / 2) + 0.5
        for at, (width, (name, dashed)) in enumerate(
            zip(self._widths(), self.entries, strict=True)
        ):
            if x + width > self.width() + 10:
                break  # half a word helps nobody
            ink = self.colours[at] if at < len(self.colours) else look.accent
            pen = QPen(QColor(ink), 1.4)
            if dashed:
                pen.setDashPattern([2.6, 2.2])
            painter.setPen(pen)
            painter.drawLine(QPointF(x, y), QPointF(x + self.STROKE, y))
            painter.setPen(QColor(look.muted))
            painter.setFont(theme.font(SMALL))
            place = QRectF(x + self.STROKE + GAP, 0, width, self.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, tr(name))
            x += width
        painter.end()
