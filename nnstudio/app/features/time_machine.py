"""The time machine: look back at any step of the run, and begin another run there."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.app.owned_command import OwnedCommand
from nnstudio.app.time.run_names import run_name
from nnstudio.app.time.time_bar import TimeBar
from nnstudio.app.time.time_travel import TimeTravel
from nnstudio.core.data import Data
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError, mark, tr
from nnstudio.engine.divergence import last_good_step
from nnstudio.engine.replay import Moment
from nnstudio.engine.runs import Run, best_step
from nnstudio.engine.view import Snapshot

FOLLOW_MILLISECONDS = 100
#: So often at most the step of the lowest validation loss is looked up.
LOWEST_SECONDS = 0.5

Standing = tuple[Setup, Data, int]


class _Travel(OwnedCommand):
    """From one run to another, and back."""

    def __init__(self, machine: TimeMachine, text: str, before: Standing, after: Standing) -> None:
        super().__init__(machine, text)
        self.before = before
        self.after = after
        self.done = False

    def redo(self) -> None:
        if self.done:
            self.owner.stand(self.after)
        self.done = True

    def undo(self) -> None:
        run = self.owner.window.session.runs.present
        if self.after[2] == 0 and run is not None:  # a branch gets its number when it begins
            self.after = (*self.after[:2], run.number)
        self.owner.stand(self.before)


@feature
class TimeMachine(Feature):
    """Its bar stands between the network and the lower panels."""

    name = "time_machine"
    order = 30
    entries = (
        Entry("branch_here", mark("Branch here"), "branch", "Ctrl+B", menu="Training",
              help=mark("Begin a new run at the step that shows; this one is kept (Ctrl+B)")),
        Entry("look_back", mark("Look one step back"), "back", "Alt+Left", menu="Training"),
        Entry("look_forward", mark("Look one step forward"), "forward", "Alt+Right",
              menu="Training"),
        Entry("look_first", mark("Look at the first step"), "first", "Alt+Home", menu="Training"),
        Entry("look_now", mark("Back to now"), "now", "Alt+End", menu="Training"),
    )  # fmt: skip

    def start(self) -> None:
        """Put the bar into its place."""
        window = self.window
        self.travel = TimeTravel(window.document, window.session, window.bridge, self)
        self.travel.changed.connect(self.show)
        self.travel.branched.connect(self._branched)
        self.bar = TimeBar()
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(window.columns, 1)
        column.addWidget(self.bar)
        window.rows.insertWidget(0, upper)
        window.rows.setStretchFactor(0, 1)
        upper.show()
        window.canvas.setFocus()  # lost with the move
        self.bar.track.moved.connect(self.travel.look)
        self.bar.track.now_wanted.connect(self.travel.now)
        self.bar.now.clicked.connect(self.now)
        self.bar.branch.clicked.connect(self.branch)
        window.document.run_wanted.connect(self.open_run)
        window.document.step_wanted.connect(self.look_at)
        window.document.past_edited.connect(self._explain)
        window.bridge.snapshot_changed.connect(self._take_snapshot)
        window.actions_by_name["reset"].triggered.connect(self.travel.now)
        window.topbar.installEventFilter(self)
        self._good: int | None = None
        self._error: StudioError | None = None
        self._best = (-1, -1)
        self._best_due = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(FOLLOW_MILLISECONDS)
        self._timer.timeout.connect(self.show)
        self._timer.start()
        self.show()

    def stop(self) -> None:
        """No replay outlives the window."""
        self._timer.stop()
        self.travel.stop()

    # --- showing ---

    @Slot()
    def show(self) -> None:
        """The bar follows the run."""
        session, travel = self.window.session, self.travel
        run, track = session.runs.present, session.runs.track()
        if run is None or track is None:
            return
        if travel.wanted is not None and travel.run != run.number:
            travel.now()  # another run began meanwhile
            return
        self.bar.track.show_run(
            track.first, track.last, track.edits, self._lowest(), track.diverged
        )
        several = len(session.runs.all()) > 1
        self.bar.show_state(travel.wanted, run_name(run) if several else "", self._note())
        past = travel.wanted is not None
        actions = self.window.actions_by_name
        actions["look_now"].setEnabled(past)
        actions["look_forward"].setEnabled(past)
        for name in ("branch_here", "look_back", "look_first"):
            actions[name].setEnabled(track.last > track.first)

    def _lowest(self) -> int:
        """The step of the lowest validation loss; looked up when the run has gone on, but not at
        every picture, for it goes through all of the curves."""
        latest = self.window.session.latest
        sequence = latest.sequence if latest is not None else -1
        now = time.monotonic()
        if self._best[0] != sequence and (now >= self._best_due or not self.window.session.playing):
            self._best = (sequence, best_step(self.window.session.curves()))
            self._best_due = now + LOWEST_SECONDS
        return self._best[1]

    def _note(self) -> str:
        moment = self.travel.moment
        if self.travel.wanted is None or (moment is not None and moment.exact):
            return ""
        if moment is None or not moment.final:
            return tr("nearest kept step")
        return tr("step {step} is the nearest kept", step=f"{moment.step:,}")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Words and icons follow language and theme, as the top bar does."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.bar.dress()
            self.bar.where.setText("")
            self.show()
        return False

    # --- going ---

    @Slot()
    def back(self) -> None:
        """One step back."""
        self._go(-1)

    @Slot()
    def forward(self) -> None:
        """One step forward."""
        self._go(1)

    def _go(self, steps: int) -> None:
        track = self.bar.track
        wanted = track.position + steps
        if wanted >= track.last:
            self.now()
        elif wanted >= track.first:
            self.travel.look(wanted)

    @Slot(int)
    def look_at(self, step: int) -> None:
        """A step that somebody points at in a view."""
        track = self.bar.track
        if track.last > track.first:
            if step >= track.last:
                self.now()
            else:
                self.travel.look(max(step, track.first))

    @Slot()
    def first(self) -> None:
        """The first step that is kept."""
        if self.bar.track.last > self.bar.track.first:
            self.travel.look(self.bar.track.first)

    @Slot()
    def now(self) -> None:
        """The present."""
        self.travel.now()

    # --- branching ---

    @Slot()
    def branch(self) -> None:
        """Begin a run at what shows."""
        track = self.bar.track
        if track.last > track.first:
            self.travel.branch(track.position)

    @Slot(int, object)
    def _branched(self, run: int, moment: Moment) -> None:
        window = self.window
        before = (*window.document.present, run)
        stretch = moment.stretch
        window.document.switch(stretch.setup, stretch.data)
        text = tr("Branch at step {step}", step=f"{moment.step:,}")
        window.document.stack.push(_Travel(self, text, before, (stretch.setup, stretch.data, 0)))
        window.notice.show_text(
            mark("A new run begins here. Change what you like, and press Play.")
        )

    def stand(self, where: Standing) -> None:
        """Go on with a run; one that was deleted meanwhile, or that memory was too short for,
        leaves its setup."""
        setup, data, run = where
        window = self.window
        found = window.session.runs.get(run)
        if found is not None and found.timeline.newest is not None:
            window.session.open_run(run)
            window.document.switch(setup, data)
        else:
            window.document.open_setup(setup, data)

    @Slot(int)
    def open_run(self, number: int) -> None:
        """Go on with a run where it stood, in a way that can be undone."""
        window = self.window
        runs = window.session.runs
        present = runs.present
        run = runs.get(number)
        if present is None or run is None or number == present.number:
            return
        if not run.timeline.stretches:
            self._lend_settings(run)
            return
        stretch = run.timeline.stretches[-1]
        before = (*window.document.present, present.number)
        after = (stretch.setup, stretch.data, number)
        self.stand(after)
        text = tr("Open {run}", run=run_name(run))
        window.document.stack.push(_Travel(self, text, before, after))

    def _lend_settings(self, run: Run) -> None:
        """Of a run that came with a file only curves and settings are there: take its settings."""
        window = self.window
        setup = run.setup
        if setup is not None and setup.dataset == window.document.setup.dataset:
            window.document.edit(tr("Settings of {run}", run=run_name(run)), setup)
        window.notice.show_text(
            mark("Of this run only the curves and settings were kept. The settings are in place: "
                 "press Play.")
        )  # fmt: skip

    # --- helping ---

    @Slot()
    def _explain(self) -> None:
        self.window.notice.offer(
            mark("This is an earlier step, which cannot be edited. Go back to now, or begin a "
                 "new run here and edit that."),
            {mark("Branch here"): self.branch, mark("Now"): self.now},
        )  # fmt: skip

    @Slot(object)
    def _take_snapshot(self, snapshot: Snapshot) -> None:
        """After a divergence, offer the last good step."""
        if snapshot.error is self._error:
            return
        self._error, self._good = snapshot.error, None
        if snapshot.error is None:
            return
        session = self.window.session
        self._good = last_good_step(session.runs, session.curves())
        if self._good is not None:
            label = tr("Go back to step {step}", step=f"{self._good:,}")
            self.window.notice.offer(snapshot.error, {label: self.go_back}, "error")

    @Slot()
    def go_back(self) -> None:
        """Begin a new run at the last good step."""
        if self._good is not None:
            self.travel.branch(self._good)
