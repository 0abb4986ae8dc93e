"""Looking back: a step of the present run is made again and shown in place of the newest one."""

from __future__ import annotations

import math
import queue

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnstudio.app.bridge import Bridge
from nnstudio.app.document import Document
from nnstudio.engine.history import Curves
from nnstudio.engine.replay import Moment, Replayer
from nnstudio.engine.session import Session
from nnstudio.engine.view import Snapshot

POLL_MILLISECONDS = 8


class TimeTravel(QObject):
    """``changed`` says that another moment shows, or the present again."""

    changed = Signal()

    def __init__(
        self, document: Document, session: Session, bridge: Bridge, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.session = session
        self.bridge = bridge
        self.wanted: int | None = None  # the step that is looked at; None: now
        self.moment: Moment | None = None  # what shows of it so far
        self.run = 0
        self._replayer = Replayer()
        self._made: queue.SimpleQueue[Moment] = queue.SimpleQueue()
        self._count = 0
        self._branching = False
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MILLISECONDS)
        self._timer.timeout.connect(self._take)
        document.came_back.connect(self._come_back)

    @Slot(int)
    def look(self, step: int) -> None:
        """Show a step: the nearest keyframe at once, the step itself as soon as it is made."""
        place = self.session.runs.find(step)
        run = self.session.runs.present
        if place is None or run is None:
            return
        self.wanted = step
        self.moment = None
        self.run = run.number
        self._replayer.ask(place, self._made.put)
        self._timer.start()
        self.changed.emit()

    @Slot()
    def now(self) -> None:
        """Show the present again."""
        self.document.come_back()
        self._come_back()

    @Slot()
    def _come_back(self) -> None:
        if self.wanted is None:
            return
        self.wanted = self.moment = None
        self._branching = False
        self._timer.stop()
        self._replayer.rest()
        self.bridge.look(None)
        self.changed.emit()

    @Slot()
    def _take(self) -> None:
        """Show what the replay has made."""
        newest: Moment | None = None
        while not self._made.empty():
            moment = self._made.get()
            if moment.wanted == self.wanted:
                newest = moment
        if newest is None or self.wanted is None:
            return
        self.moment = newest
        if newest.valid is not None:
            self._timer.stop()
        self._show(newest)
        self.changed.emit()
        if newest.final and self._branching:
            self._branching = False
            self._branch(newest)

    def _show(self, moment: Moment) -> None:
        self.document.look(moment.stretch.setup, moment.stretch.data)
        self._count += 1
        latest = self.session.latest
        losses = figures_at(self.session.curves(), moment.step)
        if moment.valid is not None:
            losses["valid_loss"], losses["valid_accuracy"] = moment.valid
        self.bridge.look(
            Snapshot(
                # Below those of the session, which count from 1: no moment is taken for another.
                sequence=-1 - self._count,
                generation=-1 - moment.stretch.number,
                step=moment.step,
                epoch=moment.epoch,
                running=False,
                finished=False,
                parameters=moment.parameters,
                steps_per_second=latest.steps_per_second if latest else 0.0,
                examples_per_second=latest.examples_per_second if latest else 0.0,
                progress=latest.progress if latest else None,
                seconds_left=None,
                learning_rate=moment.learning_rate,
                error=latest.error if latest else None,
                past=True,
                valid_sample=0,
                passing=not moment.final,
                **losses,
            )
        )

    # --- branching ---

    def branch(self, step: int) -> None:
        """Begin a new run at a step, as soon as it has been made again exactly."""
        moment = self.moment
        if moment is not None and moment.final and self.wanted == step:
            self._branch(moment)
            return
        self.look(step)
        self._branching = self.wanted is not None

    branched = Signal(int, object)  # the run that is left, and the moment

    def _branch(self, moment: Moment) -> None:
        run = self.run
        self.session.branch(run, moment)
        self.branched.emit(run, moment)

    def stop(self) -> None:
        """End the replay's thread."""
        self._timer.stop()
        self._replayer.close()


def figures_at(curves: Curves, step: int) -> dict[str, float]:
    """Losses and accuracies of a step, as far as the curves know them."""
    found = {}
    for name in ("train_loss", "valid_loss", "train_accuracy", "valid_accuracy"):
        values = getattr(curves, name)
        known = np.flatnonzero(np.isfinite(values))
        if len(known):
            at = known[np.argmin(np.abs(curves.step[known] - step))]
            found[name] = float(values[at])
        else:
            found[name] = math.nan
    return found
