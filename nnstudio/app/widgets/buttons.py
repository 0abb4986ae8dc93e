"""Icon buttons, and the round Play button.

Buttons take the keyboard by Tab only: after a click the focus stays where it was, so that Space
goes on meaning Play.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QToolButton, QWidget

from nnstudio.app import theme
from nnstudio.app.i18n import say
from nnstudio.app.widgets.painting import draw_box, draw_focus_ring, draw_icon
from nnstudio.core.text import mark

HOLD_MILLISECONDS = 450


class IconButton(QAbstractButton):
    """A button that is only an icon; ``name`` is what a screen reader says. ``tool_tip`` says what
    the button does, with its key, where the name does not."""

    def __init__(
        self,
        icon: str,
        name: str,
        *,
        size: int = 34,
        frame: bool = True,
        parent: QWidget | None = None,
        tool_tip: str = "",
    ) -> None:
        super().__init__(parent)
        self.drawing = icon
        self.frame = frame
        self.icon_size = 18 if frame else 14
        self.setFixedSize(size, size)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        say(self, name=name, tool_tip=tool_tip or name)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box, icon."""
        look = theme.current()
        painter = QPainter(self)
        hover = self.underMouse() and self.isEnabled()
        if self.frame:
            draw_box(painter, self, focus=self.hasFocus(), hover=hover)
        elif self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_focus_ring(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), 4)
        colour = look.text if self.frame or hover else look.muted
        if self.isDown():
            colour = look.accent
        if not self.isEnabled():
            colour = look.earlier
        centre = QPointF(self.width() / 2, self.height() / 2)
        draw_icon(painter, self, self.drawing, centre, self.icon_size, colour)
        painter.end()


class MenuIconButton(IconButton):
    """An icon button whose long press, right click or ↓ key opens a menu of variants."""

    def __init__(
        self, icon: str, name: str, *, parent: QWidget | None = None, tool_tip: str = ""
    ) -> None:
        super().__init__(icon, name, parent=parent, tool_tip=tool_tip)
        self.menu: QMenu | None = None
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self.open_menu)
        self.held = QTimer(self)
        self.held.setSingleShot(True)
        self.held.setInterval(HOLD_MILLISECONDS)
        self.held.timeout.connect(self._hold)

    def set_menu(self, menu: QMenu) -> None:
        """The variants."""
        self.menu = menu

    @Slot()
    def open_menu(self) -> None:
        """Show the variants under the button."""
        if self.menu is not None:
            self.menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    @Slot()
    def _hold(self) -> None:
        self.setDown(False)
        self.open_menu()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The corner opens the menu at once, a long press anywhere a moment later."""
        at = event.position()
        corner = min(at.x() - self.width(), at.y() - self.height()) > -13
        if corner and event.button() == Qt.MouseButton.LeftButton:
            self.open_menu()
            return
        super().mousePressEvent(event)
        self.held.start()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A short press is a click."""
        self.held.stop()
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """↓ opens the menu."""
        if event.key() == Qt.Key.Key_Down:
            self.open_menu()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The icon, and a small corner mark that says there is more."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().muted))
        right, bottom = self.width() - 5.0, self.height() - 5.0
        painter.drawPolygon(
            [QPointF(right, bottom), QPointF(right - 4, bottom), QPointF(right, bottom - 4)]
        )
        painter.end()


class PlayButton(QAbstractButton):
    """Large and round: Play, or Pause while training runs."""

    def __init__(self, diameter: int = 44, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.playing = False
        self.setFixedSize(QSize(diameter, diameter))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._tell()

    @Slot(bool)
    def set_playing(self, playing: bool) -> None:
        """Show Pause while training runs, else Play."""
        if playing != self.playing:
            self.playing = playing
            self._tell()
            self.update()

    def _tell(self) -> None:
        if self.playing:
            say(self, name=mark("Pause"), tool_tip=mark("Pause (Space)"))
        else:
            say(self, name=mark("Play"), tool_tip=mark("Play (Space)"))

    def hitButton(self, position: object) -> bool:
        """Only the disc takes clicks."""
        centre = QPointF(self.width() / 2, self.height() / 2)
        offset = QPointF(position) - centre  # type: ignore[call-overload]
        radius = self.width() / 2
        return bool(QPointF.dotProduct(offset, offset) <= radius * radius)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A blue disc with the sign of what a click does."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(look.accent)
        if self.isDown():
            colour = colour.darker(115)
        elif self.underMouse():
            colour = colour.lighter(108)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        inset = 3.0 if self.hasFocus() else 1.0
        disc = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawEllipse(disc)
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), self.width() / 2)
        name = "pause" if self.playing else "play"
        # The triangle's middle is left of its box's middle, so it is nudged to look centred.
        centre = QPointF(self.width() / 2 + (0 if self.playing else 0.5), self.height() / 2)
        draw_icon(painter, self, name, centre, 24, look.on_accent)
        painter.end()


class FlatButton(QToolButton):
    """A text button without a box, for the status line and headings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "flat")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
