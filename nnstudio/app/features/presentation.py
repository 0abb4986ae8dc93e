"""Presentation: the whole screen, large type, no menus, a clicker's keys, a bright pointer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from nnstudio.app import theme
from nnstudio.app.docks.panel_layout import PanelLayout
from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.app.layouts import ARRANGEMENTS
from nnstudio.core.text import mark

#: How much larger text is on a projector.
SCALE = 1.3
#: Radius of the pointer, and how long it stays after the mouse has come to rest.
RADIUS = 11.0
REST_MILLISECONDS = 1600
#: What a clicker sends.
FORWARD = (Qt.Key.Key_PageDown,)
BACK = (Qt.Key.Key_PageUp,)


class Pointer(QWidget):
    """A bright spot that follows the mouse over everything and takes no clicks."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        side = int(4 * RADIUS)
        self.resize(side, side)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(REST_MILLISECONDS)
        self.timer.timeout.connect(self.hide)
        self.hide()

    def follow(self, position: QPointF) -> None:
        """Be there."""
        self.move(int(position.x() - self.width() / 2), int(position.y() - self.height() / 2))
        if not self.isVisible():
            self.show()
        self.raise_()
        self.timer.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        centre = QPointF(self.width() / 2, self.height() / 2)
        for radius, share in ((2 * RADIUS, 0.18), (1.4 * RADIUS, 0.3), (0.6 * RADIUS, 0.95)):
            colour = QColor(theme.current().negative)
            colour.setAlphaF(share)
            painter.setBrush(colour)
            painter.drawEllipse(centre, radius, radius)


@feature
class Presentation(Feature):
    """F11 in and out, Escape out. A clicker walks through the presets of the File menu."""

    name = "presentation"
    order = 900
    entries = (
        Entry("full_screen", mark("Presentation"), "toggle", "F11", checkable=True, menu="View",
              help=mark("The whole screen with large type, for a projector (F11)")),
        Entry("leave", mark("Leave the presentation"), "leave", menu="View"),
    )  # fmt: skip

    def start(self) -> None:
        """Not yet."""
        self.active = False
        self.pointer: Pointer | None = None
        self.window.actions_by_name["leave"].setVisible(False)

    @Slot()
    def toggle(self) -> None:
        """In or out."""
        if self.active:
            self.leave()
        else:
            self._enter()

    def _enter(self) -> None:
        window = self.window
        self.active = True
        self._shown = {window.databar: not window.databar.isHidden()}
        self._panels = window.area.layout.to_text()
        window.databar.hide()
        self._show_panels(window.settings.presenting)
        window.menuBar().setMaximumHeight(0)  # hidden, its shortcuts would be gone
        self._sizes = window.places.sizes()
        self._dress(SCALE)
        window.setWindowState(window.windowState() | Qt.WindowState.WindowFullScreen)
        window.places.arrange(window.screen().size(), "presenting")
        if self.pointer is None:
            self.pointer = Pointer(window)
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)
        self._tick()
        window.notice.show_text(mark("Presentation: F11 or Esc leaves it; PgUp and PgDn change "
                                     "the example."))  # fmt: skip

    @Slot()
    def leave(self) -> None:
        """The window as it was."""
        if not self.active:
            return
        self.active = False
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        window = self.window
        self._keep_panels()
        self._show_panels(self._panels)
        for part, shown in self._shown.items():
            part.setVisible(shown)
        window.menuBar().setMaximumHeight(16777215)
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowFullScreen)
        self._dress(1.0)
        window.places.put(self._sizes)
        if self.pointer is not None:
            self.pointer.hide()
        self._tick()

    def _show_panels(self, text: str) -> None:
        """The panels of a layout that was written down, or those of the presenting one."""
        area = self.window.area
        known = set(area.classes)
        usual = ARRANGEMENTS["presenting"].panels(known)
        area.layout = PanelLayout.from_text(text, known) or usual
        area.arrange()

    def _keep_panels(self) -> None:
        """What was open while presenting is open the next time, and only then."""
        settings = self.window.settings
        settings.presenting = self.window.area.layout.to_text()
        settings.panels = self._panels

    def _tick(self) -> None:
        self.window.actions_by_name["full_screen"].setChecked(self.active)
        self.window.actions_by_name["leave"].setVisible(self.active)

    def _dress(self, scale: float) -> None:
        theme.set_scale(scale)
        theme.apply(self.window.looks.application, self.window.settings.theme)
        self.window.bridge.refresh()

    def _walk(self, by: int) -> None:
        """The preset after or before the present one."""
        actions = [a for a in self.window.menus.submenus["presets"].actions() if a.data()]
        names = [action.data() for action in actions]
        present = self.window.document.setup.name
        at = names.index(present) + by if present in names else 0
        self.window.open_preset(actions[at % len(actions)])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Mouse and keys of the whole program while presenting."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            if self.pointer is not None and watched is self.window.windowHandle():
                self.pointer.follow(event.position())
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is not self.window.windowHandle():
                return False
            if event.key() == Qt.Key.Key_Escape and QApplication.activePopupWidget() is None:
                self.leave()
                return True
            if event.key() in FORWARD or event.key() in BACK:
                self._walk(1 if event.key() in FORWARD else -1)
                return True
        return False

    def stop(self) -> None:
        """Text is of its usual size for the next window."""
        if self.active:
            self.active = False
            self._keep_panels()
            application = QApplication.instance()
            if application is not None:
                application.removeEventFilter(self)
            theme.set_scale(1.0)
        if self.pointer is not None:
            self.pointer.timer.stop()
