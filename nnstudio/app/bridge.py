"""The bridge between the training thread and the window.

One timer looks at the session's newest snapshot 60 times a second. Visible panels ask (``request``)
and are measured one after the other on the probe thread, so that looking disturbs neither training
nor the window; finished results are shown under a frame budget, what is left over waits for the
next frame. Hidden panels cost nothing.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible

from nnstudio.app.document import Document
from nnstudio.app.panel import Panel
from nnstudio.core.data import Data
from nnstudio.core.fitting import fits
from nnstudio.core.network import Network
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError
from nnstudio.engine.history import Curves
from nnstudio.engine.probe import Probe
from nnstudio.engine.session import Session
from nnstudio.engine.view import Snapshot, View

FRAME_MILLISECONDS = 16
#: Milliseconds of one frame that showing results may take.
BUDGET = 0.008
#: All panels together take at most one in so many parts of the window's thread.
SHARE = 2.5
#: Seconds; nothing counts as slower to show than this.
SLOWEST = 0.1
#: Panels are shown so many times less often while training needs every core (MNIST's convnet on
#: two cores: 0.86 of its speed without a window; at 2.5 times 0.83, the canvas 20 times a second).
SHARED = 4.0
#: Seconds between news for bars and the status line then.
NEWS_SECONDS = 0.04
#: The probe thread rests so long after work, in multiples of the work: training needs the core.
REST = 1.0
#: Seconds; a measure that takes longer than this rests no longer.
LONGEST_REST = 0.1
#: Seconds without a new snapshot after which panels are shown again anyway (theme, requests).
CALM = 0.5
IDLE_REFRESH = 0.25
#: Seconds between sentences for assistive technology, for each view.
TOLD_SECONDS = 1.0


@dataclass
class _Fed:
    """What the bridge knows about one panel."""

    panel: Panel
    due: float = 0.0
    pending: bool = False
    stale: bool = True
    seen: int = -1
    request: Any = None
    display_seconds: float = 0.0
    untold: bool = False
    told: float = 0.0
    results: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class _Job:
    fed: _Fed
    setup: Setup
    data: Data
    snapshot: Snapshot
    request: Any
    curves: Callable[[], Curves]


class Bridge(QObject):
    """Carries edits to the session and snapshots to the window.

    ``snapshot_changed`` tells bars and the status line of the newest snapshot.
    """

    snapshot_changed = Signal(object)

    def __init__(self, document: Document, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.session = session
        self.calm = False  # for those whom motion disturbs
        self._fed: list[_Fed] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MILLISECONDS)
        self._timer.timeout.connect(self._tick)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[_Job, Any]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._measure, name="nnstudio-probe", daemon=True)
        self._probe: tuple[Network, Probe] | None = None
        self._loaded = -1
        self._shown = -1
        self._next_news = 0.0
        self._generation = 0
        self._in_flight = 0
        self.past: Snapshot | None = None
        self.failures: list[BaseException] = []
        document.changed.connect(self._document_changed)
        document.weight_changed.connect(self._weight_changed)

    def add(self, *panels: Panel) -> None:
        """Feed panels from now on, while they are visible."""
        self._fed += [_Fed(panel) for panel in panels]

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()
        self._timer.start()

    def stop(self) -> None:
        """Stop looking, and end the probe thread."""
        self._timer.stop()
        self._jobs.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def refresh(self) -> None:
        """Measure and show every visible panel again (a choice or the theme changed)."""
        for fed in self._fed:
            fed.stale = True

    @Slot(object, object)
    def _document_changed(self, before: Setup, after: Setup) -> None:
        if not self.document.travels:
            self.session.load(after, self.document.data)
        self.refresh()

    @property
    def shown(self) -> Snapshot | None:
        """What the window shows: an earlier moment, or the newest snapshot."""
        return self.past if self.past is not None else self.session.latest

    def look(self, past: Snapshot | None) -> None:
        """Show an earlier moment from now on; None: the present again."""
        self.past = past
        self.refresh()

    @Slot(str, str, object, float)
    def _weight_changed(self, node: str, name: str, index: tuple[int, ...], value: float) -> None:
        self.session.set_parameter(node, name, index, value)

    @Slot()
    def _tick(self) -> None:
        snapshot = self.shown
        now = time.perf_counter()
        if snapshot is not None and self._is_news(snapshot, now):
            self._shown = snapshot.sequence
            self._next_news = now + NEWS_SECONDS
            self.snapshot_changed.emit(snapshot)
        self._show_results(now)
        if QAccessible.isActive():
            self._tell(now)
        if snapshot is not None:
            self._order(snapshot, now)

    def _is_news(self, snapshot: Snapshot, now: float) -> bool:
        """Whether bars and the status line should hear of a snapshot now."""
        return snapshot.sequence != self._shown and (
            now >= self._next_news or not self._is_shared(snapshot)
        )

    def _is_shared(self, snapshot: Snapshot) -> bool:
        """Whether training needs every core: whatever the window paints, it has to wait for."""
        return snapshot.running and self.session.threads_used > 1

    def _order(self, snapshot: Snapshot, now: float) -> None:
        """Send measures of visible panels to the probe thread; it never has a queue of frames."""
        if self._in_flight:
            return
        setup, data = self.document.setup, self.document.data
        # A network of three answers for two classes, say, may have parameters still: of a time when
        # it suited its data.
        if not fits(setup, data) or not _matches(setup, snapshot):
            return
        visible = [fed for fed in self._fed if fed.panel.isVisible()]
        pace = SHARED if self._is_shared(snapshot) else 1.0
        for fed in visible:
            panel = fed.panel
            if fed.pending or (panel.settles and now < fed.due):
                continue
            fresh = fed.seen != snapshot.sequence
            if not (fed.stale or (fresh and now >= fed.due)):
                request = panel.request()
                if not _differs(request, fed.request):
                    continue
            else:
                request = panel.request()
            fed.pending = True
            fed.stale = False
            fed.seen = snapshot.sequence
            fed.request = request
            # A panel that is slow to show is shown less often.
            slowness = max(4.0, SHARE * len(visible)) * fed.display_seconds
            fed.due = now + max(CALM if self.calm else pace / panel.rate, slowness)
            self._in_flight += 1
            self._jobs.put(_Job(fed, setup, data, snapshot, request, self.session.curves))

    def _show_results(self, now: float) -> None:
        while time.perf_counter() - now < BUDGET:
            try:
                job, result = self._done.get_nowait()
            except queue.Empty:
                return
            self._in_flight -= 1
            fed = job.fed
            fed.pending = False
            if result is None or isinstance(result, BaseException):
                continue
            if not self._fits(job):
                fed.stale = True
                continue
            begin = time.perf_counter()
            fed.panel.display(result)
            fed.untold = True
            if fed.panel.paints_whole:
                # Now, so that it counts: many panels painted in one frame would hold it up.
                fed.panel.repaint()
            spent = time.perf_counter() - begin
            # The first time may load a library, which says nothing of the next.
            spent = min(spent, SLOWEST)
            fed.display_seconds += (spent - fed.display_seconds) * 0.2

    def _tell(self, now: float) -> None:
        """Keep what assistive technology can read of the views as new as what they show."""
        for fed in self._fed:
            if fed.untold and now >= fed.told and fed.panel.isVisible():
                fed.untold = False
                fed.told = now + TOLD_SECONDS
                fed.panel.tell()

    def _fits(self, job: _Job) -> bool:
        """Whether what was measured is still there: the run, the network, the data."""
        return (
            job.snapshot.generation == getattr(self.shown, "generation", -1)
            and job.data is self.document.data
            and job.setup.network == self.document.setup.network
        )

    # --- on the probe thread ---

    def _measure(self) -> None:
        while True:
            job = self._jobs.get()
            if job is None:
                return
            begin = time.perf_counter()
            result: Any = None
            try:
                result = job.fed.panel.measure(self._view(job), job.request)
            except StudioError:
                result = None
            except Exception as error:
                # A view that fails must not take training or the other views with it; the window
                # tells, and tests fail on it.
                self.failures.append(error)
                result = error
            self._done.put((job, result))
            if job.snapshot.running:
                time.sleep(min(LONGEST_REST, (time.perf_counter() - begin) * REST))

    def _view(self, job: _Job) -> View:
        network = job.setup.network
        if self._probe is None or self._probe[0] != network:
            self._probe = (network, Probe(network))
            self._loaded = -1
        probe = self._probe[1]
        if self._loaded != job.snapshot.sequence:
            probe.load(job.snapshot.parameters)
            self._loaded = job.snapshot.sequence
        return View(job.setup, job.data, job.snapshot, probe, job.curves)


def _matches(setup: Setup, snapshot: Snapshot) -> bool:
    """Whether a snapshot's parameters fit the document's network (an edit may be on its way)."""
    facts = setup.network.facts
    count = 0
    for node in facts.values():
        if node.shape is None:
            return False
        count += len(node.parameters)
    if count != len(snapshot.parameters):
        return False
    return all(
        (node, p.name) in snapshot.parameters and snapshot.parameters[node, p.name].shape == p.shape
        for node, found in facts.items()
        for p in found.parameters
    )


def _differs(request: Any, before: Any) -> bool:
    try:
        return bool(request != before)
    except ValueError:  # arrays: compare by identity
        return request is not before
