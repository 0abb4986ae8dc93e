"""Presentation: the whole screen, large type, no menus, a clicker's keys, a bright pointer."""

from __future__ import annotations

import base64
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QWindow
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QLineEdit,
    QTextEdit,
    QWidget,
)

from nnstudio.app import theme
from nnstudio.app.canvas.popups import Popup
from nnstudio.app.docks.panel_layout import PanelLayout
from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.app.laser import BlackScreen, Pointer, is_there
from nnstudio.app.layouts import ARRANGEMENTS
from nnstudio.app.spotlight import ALL, Spotlight
from nnstudio.core.text import mark

#: How much larger text is on a projector: at least, and at most on a large screen; from the size
#: on for which the first is meant, it grows with the screen.
SCALE, MOST = 1.3, 2.6
SMALL = QSize(1440, 900)
#: What a clicker sends: its arrows, and its button for the black screen.
STEPS = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}
BLACK = (Qt.Key.Key_B, Qt.Key.Key_Period)
NO_SIZE_LIMIT = 16777215

HINT = mark("PgDn and PgUp show one view after another, B a black screen; F11 or Esc leaves.")

#: For the sheet of shortcuts: what is no action.
KEYS = (
    ("F11  F5", mark("Begin the presentation")),
    ("PgDn  PgUp", mark("Everything, the network, each panel: one after another, large")),
    ("B  .", mark("Black screen, and back")),
    ("F5", mark("Play or pause, while presenting")),
    ("F11  Esc", mark("Leave the presentation")),
)


def scale_for(screen: QSize) -> float:
    """How much larger text is on such a screen."""
    larger = min(screen.width() / SMALL.width(), screen.height() / SMALL.height())
    return min(max(1.0, larger) * SCALE, MOST)


@feature
class Presentation(Feature):
    """F11 in and out, Escape out. A clicker walks through the views, each as large as the
    window, and never changes what is presented."""

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
        self.black: BlackScreen | None = None
        self.spotlight: Spotlight | None = None
        self._tick()

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
        self._before: dict[str, Any] = {
            "geometry": base64.b64encode(window.saveGeometry().data()).decode("ascii"),
            "panels": window.settings.panels,
            **window.places.sizes(),
        }
        self._data = not window.databar.isHidden()
        self._panels = window.area.layout.to_text()
        window.area.fixed = True
        window.databar.hide()
        self._show_panels(window.settings.presenting)
        window.menuBar().setMaximumHeight(0)  # hidden, its shortcuts would be gone
        self._dress(scale_for(window.screen().size()))
        window.setWindowState(window.windowState() | Qt.WindowState.WindowFullScreen)
        window.places.arrange(window.screen().size(), "presenting")
        if self.spotlight is None:
            self.spotlight = Spotlight(window)
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)
        self._tick()
        window.notice.show_text(HINT)

    @Slot()
    def leave(self) -> None:
        """The window as it was."""
        if not self.active:
            return
        assert self.spotlight is not None
        self._lighten()
        self.spotlight.show(ALL)
        self.active = False
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        window = self.window
        if window.notice.template == HINT and window.notice.error is None:
            window.notice.dismiss()
        window.settings.presenting = window.area.layout.to_text()
        self._show_panels(self._panels)
        window.databar.setVisible(self._data)
        window.menuBar().setMaximumHeight(NO_SIZE_LIMIT)
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowFullScreen)
        self._dress(1.0)
        window.places.put({name: self._before[name] for name in window.places.splitters})
        window.settings.panels = self._before["panels"]
        window.area.fixed = False
        window.area.suit(window.width())
        if is_there(self.pointer):
            self.pointer.hide()
        self._tick()

    def _show_panels(self, text: str) -> None:
        """The panels of a layout that was written down, or those of the presenting one."""
        area = self.window.area
        known = set(area.classes)
        usual = ARRANGEMENTS["presenting"].panels(known)
        area.layout = PanelLayout.from_text(text, known) or usual
        area.arrange()

    def _tick(self) -> None:
        action = self.window.actions_by_name["full_screen"]
        action.setChecked(self.active)
        action.setShortcuts([QKeySequence(key) for key in ("F11", "F5")[: 1 if self.active else 2]])
        self.window.actions_by_name["leave"].setVisible(self.active)

    def _dress(self, scale: float) -> None:
        theme.set_scale(scale)
        theme.apply(self.window.looks.application, self.window.settings.theme)
        self.window.bridge.refresh()

    # --- the black screen ---

    @property
    def dark(self) -> bool:
        """Whether the screen is black."""
        return self.black is not None and not self.black.isHidden()

    def _darken(self) -> None:
        if self.black is None:
            self.black = BlackScreen(self.window)
            self.black.clicked.connect(self._lighten)
        self._covered = [w for w in self.window.area.windows() if w.isVisible()]
        for floating in self._covered:
            floating.hide()
        if is_there(self.pointer):
            self.pointer.hide()
        self.black.open()

    @Slot()
    def _lighten(self) -> None:
        if self.black is not None and self.dark:
            self.black.hide()
            for floating in self._covered:
                floating.show()

    # --- keys and mouse ---

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Mouse and keys of the whole program while presenting."""
        kind = event.type()
        if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            if isinstance(watched, QWindow):
                self._point(watched, event)
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return watched is self.window.windowHandle() and self._press(event)
        return False

    def _point(self, watched: QWindow, event: QMouseEvent) -> None:
        if self.dark:
            return
        under = next(
            (w for w in QApplication.topLevelWidgets() if w.windowHandle() is watched), None
        )
        if under is not None:
            if not is_there(self.pointer):
                self.pointer = Pointer(self.window)
            self.pointer.follow(under, event.position())

    def _press(self, event: QKeyEvent) -> bool:
        """A key of a presentation; tells whether it was one."""
        key, focus = Qt.Key(event.key()), QApplication.focusWidget()
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if self.dark and (key == Qt.Key.Key_Escape or key in BLACK):
            self._lighten()
            return True
        if QApplication.activePopupWidget() is not None:
            return False
        if key == Qt.Key.Key_Escape:
            if self._is_something_open(focus):
                return False
            self.leave()
            return True
        if key in STEPS and not isinstance(focus, QAbstractItemView | QTextEdit):
            self._lighten()
            assert self.spotlight is not None
            self.spotlight.step(STEPS[key])
            return True
        if key == Qt.Key.Key_F5:
            self.window.toggle_play()
            return True
        if key in BLACK and not isinstance(focus, QLineEdit | QAbstractSpinBox | QTextEdit):
            self._darken()
            return True
        return False

    def _is_something_open(self, focus: QWidget | None) -> bool:
        """Whether Escape has something else to close before the presentation."""
        canvas, tour = self.window.canvas, self.window.features["tour"]
        overlay = getattr(tour, "overlay", None)
        if overlay is not None and overlay.isVisible():
            return True
        if isinstance(focus, QLineEdit) and focus.isModified():
            return True
        stage = self.window.stage
        if stage.current and focus is not None and stage.isAncestorOf(focus):
            return True
        above = focus
        while above is not None and above is not self.window:
            if isinstance(above, Popup) or above is canvas.inspector:
                return True
            above = above.parentWidget()
        return focus is canvas and (
            canvas.gestures.pull is not None or bool(canvas.selected_columns())
        )

    def stop(self) -> None:
        """Text is of its usual size for the next window, which stands where this one stood before
        it was presented."""
        if self.active:
            assert self.spotlight is not None
            self.active = False
            settings = self.window.settings
            settings.presenting = self.spotlight.layout.to_text()
            for name, value in self._before.items():
                if not isinstance(value, list):
                    setattr(settings, name, value)
                elif name == "bottom" or all(value):  # a hidden part has no size to remember
                    setattr(settings, name, tuple(value))
            application = QApplication.instance()
            if application is not None:
                application.removeEventFilter(self)
            theme.set_scale(1.0)
        if is_there(self.pointer):
            self.pointer.timer.stop()
