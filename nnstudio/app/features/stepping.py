"""Stepping: one batch, or to the end of the epoch, then rest."""

from __future__ import annotations

from PySide6.QtCore import Slot

from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.core.text import mark


@feature
class Stepping(Feature):
    """Two actions of the Training menu and of the top bar."""

    name = "stepping"
    order = 10
    entries = (
        Entry(
            "step", mark("One step"), "step", "S",
            help=mark("Train on one batch (S)"), menu="Training", before="reset",
        ),
        Entry("step_epoch", mark("One epoch"), "step_epoch", "Shift+S",
              menu="Training", before="reset"),
    )  # fmt: skip

    @Slot()
    def step(self) -> None:
        """Train on one batch."""
        if self.window.canvas.may_run():
            self.window.session.step()

    @Slot()
    def step_epoch(self) -> None:
        """Train to the end of the epoch."""
        if self.window.canvas.may_run():
            self.window.session.step_epoch()
