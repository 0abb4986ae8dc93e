"""What the open window costs, and how it feels, in figures.

Headless and windowed training run in turn, several rounds, in one process; ratios and medians are
shown. First paint and the first movement after Play are measured in fresh processes.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time

import numpy as np

#: Seconds of one measurement, and of settling before it.
SECONDS, SETTLE = 4.0, 1.0
ROUNDS = 3
STARTS = 5
EVERY = " every panel"
CASES = ("two-spirals", "mnist-mlp", "mnist-cnn", "two-spirals" + EVERY, "mnist-cnn" + EVERY)


def pump(app, seconds, each=None):
    """Run the event loop for so long."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    timer = QTimer()
    if each is not None:
        timer.timeout.connect(each)
        timer.start(10)  # often enough to see stalls, too seldom to be one
    loop.exec()
    timer.stop()


def headless(preset):
    """Steps per second with no window at all."""
    from nnstudio.core.opening import load
    from nnstudio.engine.trainer import Trainer

    setup, data = load(preset, None)
    trainer = Trainer(setup, data)
    chunk = 1
    trainer.run(1)
    begin, step, spent = time.perf_counter(), trainer.step, 0.0
    while spent < SECONDS:
        at = time.perf_counter()
        trainer.run(chunk)
        now = time.perf_counter()
        chunk = max(1, int(chunk * min(4.0, 0.008 / (now - at))))
        spent = now - begin
    rate = (trainer.step - step) / spent
    trainer.close()
    return rate


class Heart:
    """Beats in the event loop as often as it can; gaps are stalls."""

    def __init__(self):
        self.last = time.perf_counter()
        self.gaps = []

    def beat(self):
        """One turn of the event loop."""
        now = time.perf_counter()
        self.gaps.append(now - self.last)
        self.last = now


def open_every_panel(area):
    """Each panel that fits in a place where it can be seen: those not open yet in windows."""
    for name in area.classes:
        if area.fits(name) and not area.is_open(name):
            area.move_to(name, "floating")


def windowed(app, preset, every=False):
    """Steps per second with the window open (and ``every`` panel), its frame intervals and its
    longest stall."""
    from nnstudio.app.settings import Settings
    from nnstudio.app.studio import Studio

    studio = Studio(preset, None, Settings())
    studio.window.resize(1440, 900)
    studio.start()
    if every:
        open_every_panel(studio.window.area)
    while not studio.session.ready:
        pump(app, 0.05)
    studio.session.set_speed(None)
    setup = studio.document.setup.with_training(epochs=0)
    studio.document.edit("no end", setup)
    studio.session.play()
    pump(app, SETTLE)
    frames = []
    tick = studio.bridge._tick

    def framed():
        tick()
        frames.append(time.perf_counter())

    studio.bridge._timer.timeout.disconnect()
    studio.bridge._timer.timeout.connect(framed)
    heart = Heart()
    begin, step = time.perf_counter(), studio.session.latest.step
    pump(app, SECONDS, heart.beat)
    rate = (studio.session.latest.step - step) / (time.perf_counter() - begin)
    assert not studio.bridge.failures, studio.bridge.failures
    studio.close()
    return rate, np.diff(frames), max(heart.gaps)


CHILD = """
import os, time, sys
import nnstudio
from nnstudio.app.main import application
from nnstudio.app.studio import Studio
app = application(["nnstudio"])
from PySide6.QtCore import QEvent, QObject
from nnstudio.app.settings import Settings
class Watch(QObject):
    painted = None
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and self.painted is None:
            self.painted = time.time()
        return False
watch = Watch()
app.installEventFilter(watch)
studio = Studio("two-spirals", None, Settings())
studio.window.resize(1440, 900)
studio.start()
while watch.painted is None:
    app.processEvents()
while studio.session.latest is None or time.time() - watch.painted < 1.0:
    app.processEvents()
    time.sleep(0.001)

pressed = time.time()
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
# Not the key: without a window manager no window is active.
QTest.mouseClick(studio.window.topbar.play, Qt.MouseButton.LeftButton)
while studio.session.latest.step == 0:
    app.processEvents()
moved = time.time()
studio.close()
print(watch.painted - float(sys.argv[1]), moved - pressed)
"""


def starts():
    """Seconds from process start to first paint, and from Play to the first new step."""
    paints, moves = [], []
    for _ in range(STARTS):
        done = subprocess.run(
            [sys.executable, "-c", CHILD, str(time.time())],
            capture_output=True,
            text=True,
            check=True,
        )
        paint, move = map(float, done.stdout.split())
        paints.append(paint)
        moves.append(move)
    return paints, moves


RESTING = """
import sys, time
from nnstudio.app.main import application
from nnstudio.app.settings import Settings
from nnstudio.app.studio import Studio
from tests.benchmarks.cycles import memory
app = application(["nnstudio"])
studio = Studio("two-spirals", None, Settings())
studio.window.resize(1440, 900)
painted = []
studio.first_paint.painted.connect(lambda: painted.append(1))
studio.start()
while not painted:
    app.processEvents()
end, longest = time.time() + 10, 0.0
while time.time() < end or not studio.session.warmth.complete:
    begin = time.perf_counter()
    app.processEvents()
    longest = max(longest, time.perf_counter() - begin)
    time.sleep(0.005)
print(memory(), longest)
studio.close()
"""


def resting():
    """Of a fresh window in the ten seconds after its first picture: resident memory in MB at the
    end, and the seconds of the longest turn of its event loop."""
    done = subprocess.run(
        [sys.executable, "-c", RESTING], capture_output=True, text=True, check=True
    )
    memory, longest = map(float, done.stdout.split())
    return memory, longest


def switching(app):
    """Seconds from Play to the first step of a slow network that shows, after the quickest one was
    trained: what a chunk of steps takes differs by a thousand times."""
    from nnstudio.app.settings import Settings
    from nnstudio.app.studio import Studio

    studio = Studio("two-spirals", None, Settings())
    studio.start()
    session = studio.session
    while not session.ready:
        pump(app, 0.05)
    presets = {a.data(): a for a in studio.window.menus.submenus["presets"].actions()}
    waits = []
    for _ in range(ROUNDS):
        session.set_speed(None)
        session.play()
        pump(app, SETTLE)
        session.pause()
        before = session.latest.generation
        presets["mnist-cnn"].trigger()
        while session.latest.generation == before or session.latest.step:
            pump(app, 0.05)
        begin = time.perf_counter()
        session.play()
        while not session.latest.step:
            app.processEvents()
            time.sleep(0.001)
        waits.append(time.perf_counter() - begin)
        session.pause()
        presets["two-spirals"].trigger()
        pump(app, SETTLE)
    studio.close()
    return waits


def main():
    """Print and return the figures."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from nnstudio.app.main import application

    paints, moves = starts()
    rests = [resting() for _ in range(ROUNDS)]
    results = {
        "first_paint_s": statistics.median(paints[1:]),
        "play_to_first_movement_s": statistics.median(moves[1:]),
        "memory_at_rest_mb": statistics.median(memory for memory, _ in rests),
        "longest_turn_after_start_ms": statistics.median(longest * 1000 for _, longest in rests),
    }
    app = application(["nnstudio"])
    sys.setswitchinterval(5e-4)
    waits = switching(app)
    results["first_step_after_switch_s"] = {"median": statistics.median(waits), "all": waits}
    for case in CASES:
        preset, every = case.removesuffix(EVERY), case.endswith(EVERY)
        ratios, p99s, stalls, speeds = [], [], [], []
        for _ in range(ROUNDS):
            alone = headless(preset)
            rate, frames, stall = windowed(app, preset, every)
            ratios.append(rate / alone)
            speeds.append((alone, rate))
            p99s.append(float(np.percentile(frames, 99)) * 1000)
            stalls.append(stall * 1000)
        results[case] = {
            "headless_steps_per_s": statistics.median(a for a, _ in speeds),
            "windowed_steps_per_s": statistics.median(w for _, w in speeds),
            "ratio": statistics.median(ratios),
            "ratios": ratios,
            "frame_p99_ms": statistics.median(p99s),
            "longest_stall_ms": max(stalls),
        }
    sys.stdout.write(json.dumps(results, indent=1) + "\n")
    return results


if __name__ == "__main__":
    main()
