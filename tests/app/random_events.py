"""Random events of a seed on the whole window: mouse, wheel, keys, menus, panels, presets."""

from __future__ import annotations

import time
from collections import Counter

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QInputMethodEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QScrollBar, QWidget
from shiboken6 import isValid

from tests.turns import turn

K, M, B = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton
KEYS = [
    K.Key_Left, K.Key_Right, K.Key_Up, K.Key_Down, K.Key_Home, K.Key_End, K.Key_Delete, K.Key_Plus,
    K.Key_Minus, K.Key_Escape, K.Key_Escape, K.Key_Insert, K.Key_Return, K.Key_Space, K.Key_Tab,
    K.Key_Backtab, K.Key_Backspace, K.Key_PageUp, K.Key_PageDown, K.Key_F, K.Key_C, K.Key_S,
    K.Key_F1, K.Key_F2, K.Key_F10, K.Key_Menu,
]  # fmt: skip
LETTERS = "ABCDEFGIKLMNPRSTVXYZ0"
WORDS = ["relu", "4", "dense", "-0.5", "x", "1e-3", "0", "99999999", "数据", "sin(x1)", "nan"]
PRESETS = ["circle", "xor", "two-spirals", "two-spirals", "regression", "mnist-mlp", "mnist-cnn"]
#: Not for a monkey: the window's end.
NEVER = ("quit",)
#: More layers than this and the monkey begins to undo.
MOST_LAYERS = 30
#: How often each kind of event happens.
KINDS = {
    "click": 26, "canvas": 10, "drag": 12, "wheel": 5, "key": 14, "shortcut": 7, "type": 5,
    "action": 7, "double": 2, "right": 3, "hover": 4, "escape": 4, "look": 0.8, "panel": 2.5,
    "move panel": 0.8, "preset": 0.3, "scrub": 2, "undo": 3, "redo": 1, "play": 3, "layer": 2,
    "resize": 0.5, "wait": 2, "close a window": 1,
}  # fmt: skip


class Monkey:
    """Makes random events of a seed on a studio."""

    def __init__(self, studio, guard):
        self.studio, self.guard, self.random = studio, guard, guard.random
        self.window = studio.window
        self.made = Counter()
        for name in NEVER:
            self.window.actions_by_name[name].setEnabled(False)

    # --- where ---

    def top(self):
        """The window that is before the others, mostly."""
        for found in (QApplication.activePopupWidget(), QApplication.activeModalWidget()):
            if found is not None and found.isVisible():
                return found
        shown = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w.windowHandle()]
        others = [w for w in shown if w is not self.window]
        return self.random.choice(others) if others and self.random.random() < 0.4 else self.window

    def place(self, top):
        """A point on some control of it, or anywhere."""
        if self.random.random() < 0.75:
            shown = [
                w for w in top.findChildren(QWidget)
                if w.isVisible() and w.window() is top and not isinstance(w, QScrollBar)
            ]  # fmt: skip
            inner = [w for w in shown if w.focusPolicy() != Qt.FocusPolicy.NoFocus]
            found = self.random.choice(inner or shown or [top])
            seen = found.visibleRegion().boundingRect()
            if not seen.isEmpty():
                at = QPoint(
                    seen.x() + self.random.randrange(seen.width()),
                    seen.y() + self.random.randrange(seen.height()),
                )
                return found.mapTo(top, at) if found is not top else at
        return QPoint(
            self.random.randrange(max(1, top.width())), self.random.randrange(max(1, top.height()))
        )

    def on_canvas(self):
        """A point of the window on a card or a port of the network."""
        canvas = self.window.canvas
        layout = canvas.layout_now
        boxes = [*layout.cards.values(), *(i.box for i in layout.inserts), *layout.plus.values(),
                 *layout.minus.values(), *layout.folds.values(), *layout.badges.values(),
                 *(box for units in layout.units.values() for box in units)]  # fmt: skip
        x, y = self.random.choice(boxes).centre
        if self.random.random() < 0.3:
            x, y = layout.port(self.random.choice(layout.order), right=True)
        at = canvas.camera.to_view(x, y)
        return canvas.mapTo(self.window, QPoint(round(at[0]), round(at[1])))

    # --- what ---

    def event(self):
        """One random event."""
        kind = self.random.choices(list(KINDS), list(KINDS.values()))[0]
        self.made[kind] += 1
        with self.guard.watched(kind):
            try:
                getattr(self, kind.replace(" ", "_"))()
            except Exception as error:
                self.guard.raised(error)
            turn()

    def told(self, *words):
        """Say more of what is done."""
        self.guard.doing = " ".join(map(str, words))

    def _where(self, kind, top, at):
        found = top.childAt(at) or top
        name = found.objectName() or found.accessibleName()
        self.told(kind, type(top).__name__, type(found).__name__, name)

    def _modifier(self):
        return self.random.choice([M.NoModifier] * 6 + [M.ShiftModifier, M.ControlModifier])

    def click(self):
        top = self.top()
        at = self.place(top)
        self._where("click", top, at)
        self._click(top, B.LeftButton, self._modifier(), at)

    def double(self):
        top = self.top()
        at = self.place(top)
        self._where("double click", top, at)
        QTest.mouseDClick(top.windowHandle(), B.LeftButton, M.NoModifier, at)

    def right(self):
        top = self.top()
        at = self.place(top)
        self._where("right click", top, at)
        self._click(top, B.RightButton, M.NoModifier, at)
        if not self._stands(top):
            return
        found = QApplication.widgetAt(top.mapToGlobal(at)) if top.isVisible() else None
        if found is not None and QApplication.activePopupWidget() is None:
            place = top.mapToGlobal(at)
            kind = QContextMenuEvent.Reason.Mouse
            QApplication.sendEvent(
                found, QContextMenuEvent(kind, found.mapFromGlobal(place), place)
            )

    def canvas(self):
        if self.random.random() < 0.5:
            self._press_and_move(self.window, self.on_canvas(), self.on_canvas(), "canvas drag")
            return
        at = self.on_canvas()
        self._where("canvas click", self.window, at)
        self._click(self.window, B.LeftButton, self._modifier(), at)

    def drag(self):
        top = self.top()
        self._press_and_move(top, self.place(top), self.place(top), "drag")

    def _press_and_move(self, top, start, end, kind):
        self._where(kind, top, start)
        modifier = self._modifier()
        QTest.mousePress(top.windowHandle(), B.LeftButton, modifier, start)
        for share in (0.15, 0.5, 1.0):
            if not self._stands(top):  # the press has closed it
                return
            QTest.mouseMove(top.windowHandle(), start + (end - start) * share)
        if self._stands(top) and self.random.random() < 0.1:
            self._stroke(K.Key_Escape, M.NoModifier, top.windowHandle())
        if self._stands(top):
            QTest.mouseRelease(top.windowHandle(), B.LeftButton, modifier, end)

    def _stands(self, top):
        return isValid(top) and top.windowHandle() is not None

    def hover(self):
        top = self.top()
        QTest.mouseMove(top.windowHandle(), self.place(top))

    def wheel(self):
        top = self.top()
        at = self.place(top)
        self._where("wheel", top, at)
        target = top.childAt(at) or top
        local = QPointF(target.mapFrom(top, at) if target is not top else at)
        turn = QPoint(0, self.random.choice([-240, -120, 120, 240]))
        QApplication.sendEvent(target, QWheelEvent(
            local, target.mapToGlobal(local), QPoint(), turn, B.NoButton, self._modifier(),
            Qt.ScrollPhase.NoScrollPhase, False))  # fmt: skip

    def _keys(self):
        """The window that has the keyboard."""
        found = QApplication.focusWindow()
        return found if found is not None else self.window.windowHandle()

    def _stroke(self, key, modifier, window=None):
        """Press and release a key; the press may close the window, which QTest's own click does
        not survive."""
        window = window or self._keys()
        pairs = ((M.ShiftModifier, K.Key_Shift), (M.ControlModifier, K.Key_Control),
                 (M.AltModifier, K.Key_Alt))  # fmt: skip
        held = [own for one, own in pairs if modifier & one]
        strokes = [
            *((QTest.keyPress, own, M.NoModifier) for own in held),
            (QTest.keyPress, key, modifier),
            *((QTest.keyRelease, own, M.NoModifier) for own in [key, *held]),
        ]
        for stroke, own, with_it in strokes:
            if window in QGuiApplication.allWindows():
                stroke(window, own, with_it)

    def _click(self, top, button, modifier, at):
        """Press and release a button of the mouse, likewise."""
        QTest.mousePress(top.windowHandle(), button, modifier, at)
        if self._stands(top):
            QTest.mouseRelease(top.windowHandle(), button, modifier, at)

    def key(self):
        key = self.random.choice(KEYS)
        self.told("key", key.name, type(QApplication.focusWidget()).__name__)
        modifier = self.random.choice([M.NoModifier] * 5 + [M.ShiftModifier, M.AltModifier])
        self._stroke(key, modifier)

    def shortcut(self):
        key = getattr(K, f"Key_{self.random.choice(LETTERS)}")
        self.told("shortcut Ctrl", key.name)
        modifier = M.ControlModifier
        if self.random.random() < 0.2:
            modifier |= M.ShiftModifier
        self._stroke(key, modifier)

    def type(self):
        word = self.random.choice(WORDS)
        found = QApplication.focusWidget()
        self.told("type", word, type(found).__name__)
        if found is not None and word.isascii():
            QTest.keyClicks(found, word)
        elif found is not None:  # as an input method does it
            composed = QInputMethodEvent()
            composed.setCommitString(word)
            QApplication.sendEvent(found, composed)

    def escape(self):
        self._stroke(K.Key_Escape, M.NoModifier)

    def action(self):
        actions = [a for a in self.window.actions_by_name.all() if a.isEnabled() and a.isVisible()]
        found = self.random.choice([a for a in actions if a.objectName() not in NEVER])
        self.told("action", found.objectName())
        found.trigger()

    def _of_menu(self, name):
        menu = self.window.menus.submenus[name]
        entries = [a for one in [menu, *menu.findChildren(QMenu)] for a in one.actions()]
        found = self.random.choice([a for a in entries if a.data() is not None and a.isEnabled()])
        self.told("menu", name, found.data())
        found.trigger()

    def look(self):
        self._of_menu(self.random.choice(["theme", "language"]))

    def layer(self):
        self._of_menu("layers")

    def panel(self):
        self._of_menu(self.random.choice(["panels", "panels", "panels", "speed"]))

    def move_panel(self):
        area = self.window.area
        name = self.random.choice([n for n in area.classes if area.fits(n)])
        place = self.random.choice(["right", "bottom", "floating"])
        self.told("move panel", name, place)
        if len([w for w in area._windows.values() if w.isVisible()]) > 3:
            area.reset()
        else:
            area.move_to(name, place)

    def preset(self):
        name = self.random.choice(PRESETS)
        self.told("preset", name)
        actions = self.window.menus.submenus["presets"].actions()
        next(a for a in actions if a.data() == name).trigger()

    def scrub(self):
        track = self.window.features["time_machine"].bar.track
        if track.isVisible() and track.width() > 4:
            places = [
                track.mapTo(self.window, QPoint(self.random.randrange(track.width()), 8))
                for _ in range(2)
            ]
            self._press_and_move(self.window, *places, "scrub")

    def undo(self):
        self.told("undo", self.studio.document.stack.undoText())
        for _ in range(self.random.choice([1, 1, 1, 4])):
            self.window.undo()

    def redo(self):
        self.told("redo", self.studio.document.stack.redoText())
        self.window.redo()

    def play(self):
        if not self.studio.session.playing or self.random.random() < 0.2:
            self.window.toggle_play()

    def resize(self):
        size = self.random.choice([(1440, 900), (1024, 768), (900, 600), (1920, 1080)])
        self.told("resize", size)
        self.window.resize(*size)

    def wait(self):
        end = time.perf_counter() + 0.05
        while time.perf_counter() < end:
            turn()
            time.sleep(0.002)

    def close_a_window(self):
        for found in QApplication.topLevelWidgets():
            if found.isVisible() and found is not self.window and found.isWindow():
                self.told("close", type(found).__name__)
                found.close()
                return

    # --- the whole ---

    def run(self, events):
        """So many events."""
        for _ in range(events):
            self.event()
            if len(self.studio.document.setup.network.nodes) > MOST_LAYERS:
                for _ in range(8):
                    self.studio.document.stack.undo()
            for error in self.studio.bridge.failures:
                self.guard.raised(error)
            self.studio.bridge.failures.clear()
