"""Scrubbing through a long run: how soon every view shows another step, and what the run takes.

For random places of the run the handle is put there with the mouse. *First* is when every visible
view, the network's thumbnails too, shows a moment of that place (the kept step before it), *exact*
when all show the very step. Wall time counts whatever else the machine does; the window's own time
is what its thread worked until then.
"""

from __future__ import annotations

import time

import numpy as np

from tests.benchmarks.window import pump
from tests.turns import turn

STEPS = 100_000
PLACES = 40
#: Steps of a drag across the whole run, one every so many seconds.
DRAG, DRAG_SECONDS = 120, 1 / 60
CASES = ("two-spirals", "mnist-mlp")
WORDS = {
    "first": "all views, kept step",
    "exact": "all views, exact step",
    "own": "window's thread worked",
    "work": "all threads worked",
}
#: Seconds that all wait at most.
PATIENCE = 600.0


class Watcher:
    """Notes which snapshot each view of a bridge shows."""

    def __init__(self, bridge):
        self.bridge = bridge
        self.shown = {}
        self._job = None
        fits = bridge._fits

        def noted(job):
            self._job = job
            return fits(job)

        bridge._fits = noted
        for fed in bridge._fed:
            self._wrap(fed.panel)

    def _wrap(self, panel):
        display = panel.display

        def displayed(result):
            display(result)
            snapshot = self._job.snapshot
            self.shown[panel] = (snapshot.sequence, snapshot.step if snapshot.past else -1)

        panel.display = displayed

    def visible(self):
        """The views that can be seen."""
        return [fed.panel for fed in self.bridge._fed if fed.panel.isVisible()]

    def all(self, test):
        """Whether each view shows a snapshot that passes a test."""
        return all(p in self.shown and test(*self.shown[p]) for p in self.visible())


def wait(app, test):
    """Run the event loop until something is so; the seconds by the clock, and what this thread
    and all threads together worked."""
    clock, own, work = time.perf_counter(), time.thread_time(), time.process_time()
    while not test():
        turn()
        time.sleep(0.0005)
        if time.perf_counter() - clock > PATIENCE:
            raise TimeoutError
    return time.perf_counter() - clock, time.thread_time() - own, time.process_time() - work


def scrub(app, preset):
    """The figures of one preset."""
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    from nnstudio.app.settings import Settings
    from nnstudio.app.studio import Studio

    studio = Studio(preset, None, Settings())
    studio.window.resize(1440, 900)
    studio.start()
    wait(app, lambda: studio.session.ready)
    studio.session.set_speed(None)
    studio.document.edit("no end", studio.document.setup.with_training(epochs=0))
    studio.session.step(STEPS)
    wait(app, lambda: studio.session.latest.step >= STEPS and not studio.session.playing)
    pump(app, 1.0)
    machine = studio.window.features["time_machine"]
    track, travel, bridge = machine.bar.track, machine.travel, studio.bridge
    watcher = Watcher(bridge)
    middle = track.height() // 2
    firsts, exacts, owns, works, distances = [], [], [], [], []
    for x in np.random.default_rng(0).integers(12, track.width() - 12, PLACES):
        QTest.mouseClick(track, Qt.MouseButton.LeftButton, pos=QPoint(int(x), middle))
        sequence = -1 - travel._count
        wanted = travel.wanted
        if wanted is None:  # a mark at the very end attracted the handle
            continue
        place = studio.session.runs.find(wanted)
        distances.append(wanted - place.keyframe.step)
        clock, own, work = wait(app, lambda s=sequence: watcher.all(lambda n, _: n < s))
        firsts.append(clock)
        owns.append(own)
        works.append(work)
        more, *_ = wait(app, lambda w=wanted: watcher.all(lambda _, step: step == w))
        exacts.append(clock + more)
    pump(app, 0.3)
    moments = dragged(track, watcher, app)
    runs = studio.session.runs
    found = {
        "first": firsts, "exact": exacts, "own": owns, "work": works, "distance": distances,
        "views": len(watcher.visible()), "moments": moments,
        "kept": runs.nbytes, "budget": runs.budget, "frames": len(runs.present.timeline),
        "status": studio.window.status.memory.text(),
    }  # fmt: skip
    assert not bridge.failures, bridge.failures
    studio.close()
    return found


def dragged(track, watcher, app):
    """Drag from one end to the other; how many moments the slowest view has shown."""
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    middle = track.height() // 2
    seen = {panel: set() for panel in watcher.visible()}
    QTest.mousePress(track, Qt.MouseButton.LeftButton, pos=QPoint(12, middle))
    for x in np.linspace(12, track.width() - 20, DRAG):
        QTest.mouseMove(track, QPoint(int(x), middle))
        end = time.perf_counter() + DRAG_SECONDS
        while time.perf_counter() < end:
            turn()
            time.sleep(0.0005)
            for panel, shown in seen.items():
                shown.add(watcher.shown[panel][0])
    QTest.mouseRelease(track, Qt.MouseButton.LeftButton, pos=QPoint(track.width() - 20, middle))
    return {type(panel).__name__: len(shown) for panel, shown in seen.items()}


def run(cases=CASES):
    """Measure and print."""
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    for preset in cases:
        found = scrub(app, preset)
        print(f"{preset}: {STEPS:,} steps, {found['views']} views, {found['frames']} keyframes, "
              f"{found['kept'] / 1e6:.1f} of {found['budget'] / 1e6:.0f} MB "
              f"(status line: {found['status']})")  # fmt: skip
        for name, word in WORDS.items():
            values = 1e3 * np.array(found[name])
            print(f"  {word:24} median {np.median(values):6.1f}  p90 "
                  f"{np.percentile(values, 90):6.1f}  max {values.max():6.1f} ms")  # fmt: skip
        print(f"  steps to make again: median {np.median(found['distance']):.0f}, "
              f"max {max(found['distance'])}")  # fmt: skip
        print(f"  moments shown in a drag of {DRAG * DRAG_SECONDS:.0f} s: {found['moments']}")
    turn()


if __name__ == "__main__":
    run()
