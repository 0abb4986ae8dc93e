"""Thousands of random events on the canvas while it trains: nothing breaks, everything undoes.

The long version: ``python -m tests.app.canvas.test_monkey 20 5000 two-spirals mnist-cnn``; a third
number is the first seed. It ends with 1 if anything was wrong.
"""

from __future__ import annotations

import random
import sys
import time
import traceback

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.turns import turn

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

K, M, B = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton
KEYS = [
    K.Key_Left, K.Key_Right, K.Key_Up, K.Key_Down, K.Key_Home, K.Key_End, K.Key_Delete, K.Key_Plus,
    K.Key_Minus, K.Key_Escape, K.Key_Insert, K.Key_Return, K.Key_F, K.Key_C, K.Key_Tab,
]  # fmt: skip
CONTROL = [K.Key_0, K.Key_A, K.Key_C, K.Key_X, K.Key_V, K.Key_D, K.Key_G, K.Key_Z, K.Key_Y,
           K.Key_Left, K.Key_Right, K.Key_Plus, K.Key_Minus]  # fmt: skip
#: No event may hold the window longer than this, in seconds of the window's own thread: what else
#: the machine is busy with does not count.
STALL = 0.25
#: More layers than this and the monkey begins to undo.
MOST_LAYERS = 40


class Monkey:
    """Makes random events of a seed; remembers the longest that one took."""

    def __init__(self, studio, seed):
        self.studio, self.canvas = studio, studio.window.canvas
        self.stack = studio.document.stack
        self.random = random.Random(seed)
        self.slowest = (0.0, 0.0, "")
        self.log = []
        self.clock = []

    def somewhere(self):
        """A point on something, mostly."""
        layout, pick = self.canvas.layout_now, self.random
        boxes = [*layout.cards.values(), *(i.box for i in layout.inserts),
                 *layout.minus.values(), *layout.plus.values(), *layout.folds.values(),
                 *layout.badges.values(), *layout.mends.values(),
                 *(box for units in layout.units.values() for box in units)]  # fmt: skip
        kind = pick.random()
        if kind < 0.5:
            x, y = pick.choice(boxes).centre
        elif kind < 0.75:
            x, y = layout.port(pick.choice(layout.order), right=True)
        else:
            size = self.canvas.size()
            return QPoint(pick.randrange(size.width()), pick.randrange(size.height()))
        at = self.canvas.camera.to_view(x, y)
        return QPoint(round(at[0]), round(at[1]))

    def target(self):
        """Whoever has the keyboard now."""
        focus = QApplication.focusWidget()
        inside = focus is not None and (focus is self.canvas or self.canvas.isAncestorOf(focus))
        return focus if inside and self.random.random() < 0.7 else self.canvas

    def event(self):
        """One random event; tells its name."""
        pick, canvas = self.random, self.canvas
        kind = pick.choices(
            ["key", "control", "click", "drag", "wheel", "type", "double", "layer", "train"],
            [22, 14, 22, 20, 4, 5, 3, 8, 2],
        )[0]
        several = pick.choice([M.NoModifier] * 4 + [M.ShiftModifier, M.ControlModifier])
        if kind == "key":
            key = pick.choice(KEYS)
            QTest.keyClick(self.target(), key, pick.choice([M.NoModifier] * 3 + [M.AltModifier]))
            return f"key {key.name}"
        if kind == "control":
            key = pick.choice(CONTROL)
            if key in (K.Key_Z, K.Key_Y):  # the window's shortcuts
                self.stack.undo() if key == K.Key_Z else self.stack.redo()
            else:
                QTest.keyClick(canvas, key, M.ControlModifier)
            return f"control {key.name}"
        if kind == "click":
            QTest.mouseClick(canvas, B.LeftButton, several, self.somewhere())
        elif kind == "double":
            QTest.mouseDClick(canvas, B.LeftButton, M.NoModifier, self.somewhere())
        elif kind == "drag":
            start, end = self.somewhere(), self.somewhere()
            QTest.mousePress(canvas, B.LeftButton, several, start)
            for share in (0.3, 0.7, 1.0):
                QTest.mouseMove(canvas, start + (end - start) * share)
            QTest.mouseRelease(canvas, B.LeftButton, several, end)
            if not canvas.joint_menu.isHidden() and pick.random() < 0.7:
                free = [b for b in canvas.joint_menu.buttons if b.isEnabled()]
                if free:
                    pick.choice(free).click()
                    return "joint"
        elif kind == "wheel":
            at = QPointF(self.somewhere())
            turn = QPoint(0, pick.choice([-240, -120, 120, 240]))
            QApplication.sendEvent(canvas, QWheelEvent(
                at, canvas.mapToGlobal(at), QPoint(), turn, B.NoButton, M.NoModifier,
                Qt.ScrollPhase.NoScrollPhase, False))  # fmt: skip
        elif kind == "type":
            QTest.keyClicks(self.target(), pick.choice(["relu", "4", "dense", "-0.5", "x"]))
        elif kind == "layer":
            names = ["Dense.v1", "Tanh.v1", "Dropout.v1", "Add.v1", "Concatenate.v1", "ReLU.v1",
                     "BatchNorm.v1", "Conv2D.v1", "Flatten.v1", "MaxPool2D.v1"]  # fmt: skip
            canvas.add_layer(pick.choice(names))
        elif kind == "train":
            self.studio.window.toggle_play()
        return kind

    def run(self, events):
        """So many events, with the window's own in between."""
        for _ in range(events):
            begin, clock = time.thread_time(), time.perf_counter()
            kind = self.event()
            turn()
            spent, passed = time.thread_time() - begin, time.perf_counter() - clock
            self.log.append(spent)
            self.clock.append(passed)
            self.slowest = max(self.slowest, (spent, passed, kind))
            if len(self.studio.document.setup.network.nodes) > MOST_LAYERS:
                for _ in range(10):
                    self.stack.undo()


def play(studio, seed, events):
    """A monkey of one seed on a window; afterwards the document is what it was."""
    before, canvas = studio.document.setup, studio.window.canvas
    QGuiApplication.clipboard().clear()
    monkey = Monkey(studio, seed)
    studio.session.play()
    monkey.run(events)
    canvas.gestures.cancel()
    for popup in canvas.popups():
        popup.close_popup()
    while studio.document.stack.canUndo():
        studio.document.stack.undo()
    turn()
    assert studio.document.setup == before
    assert not studio.bridge.failures
    studio.session.pause()
    return monkey


@pytest.fixture
def studio(qapp):
    from nnstudio.app.settings import Settings
    from nnstudio.app.studio import Studio

    made = Studio("two-spirals", None, Settings())
    made.start()
    while not made.session.ready:
        turn()
        time.sleep(0.005)
    yield made
    made.document.stack.clear()
    made.document.stack.setClean()
    made.close()


@pytest.mark.parametrize("seed", range(2))
def test_random_events_break_nothing_and_undo_to_the_start(studio, seed):
    monkey = play(studio, seed, 120)
    # The first of a kind may still import what it needs.
    assert sorted(monkey.log)[-3] < STALL, monkey.slowest


def main(seeds, events, first=0, presets=("two-spirals", "mnist-cnn")):
    """The long version, with its figures; tells how many seeds went wrong."""
    from nnstudio.app.main import application
    from nnstudio.app.settings import Settings
    from nnstudio.app.studio import Studio

    application(["monkey"])
    warnings = []

    def hear(kind, context, text):
        if kind != QtMsgType.QtDebugMsg and "This plugin does not support" not in text:
            warnings.append(text)

    def raised(kind, error, trace):  # in a slot
        warnings.append("".join(traceback.format_exception(kind, error, trace)))

    qInstallMessageHandler(hear)
    sys.excepthook = raised
    wrong = 0
    for preset in presets:
        for seed in range(first, first + seeds):
            studio = Studio(preset, None, Settings())
            studio.start()
            while not studio.session.ready:
                turn()
            studio.session.play()
            calm = time.perf_counter() + 3.0  # views load their libraries when there is news
            while time.perf_counter() < calm:
                turn()
                time.sleep(0.005)
            begin = time.perf_counter()
            fault = ""
            try:
                monkey = play(studio, seed, events)
            except Exception:
                fault = traceback.format_exc()
            if warnings:
                fault += "\n".join(["", *warnings])
                warnings.clear()
            if not fault:
                log, clock = sorted(monkey.log), sorted(monkey.clock)
                stalls = sum(spent > STALL for spent in log)
                fault = f"{stalls} stalls" if stalls else ""
                print(
                    f"{preset} seed {seed}: {events} events in {time.perf_counter() - begin:.0f} s;"
                    f" median {log[len(log) // 2] * 1e3:.1f} ms, slowest {log[-1] * 1e3:.0f} ms of"
                    f" the thread ({monkey.slowest[2]}), {clock[-1] * 1e3:.0f} ms by the clock;"
                    f" over {STALL * 1e3:.0f} ms: {stalls} of the thread,"
                    f" {sum(t > STALL for t in clock)} by the clock",
                    flush=True,
                )
            if fault:
                wrong += 1
                print(f"{preset} seed {seed}: {fault}", flush=True)
            studio.document.stack.clear()
            studio.close()
    qInstallMessageHandler(None)
    return wrong


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    names = [word for word in sys.argv[1:] if not word.isdigit()]
    sys.exit(bool(main(*numbers, **({"presets": names} if names else {}))))
