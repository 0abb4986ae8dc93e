"""Experiments in place of the network: twins, seeds, the learning-rate finder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.core.setup import Setup
from nnstudio.core.text import mark

if TYPE_CHECKING:
    from nnstudio.app.experiment_page import ExperimentPage

PAGE = "experiments"


@feature
class Experiments(Feature):
    """One page, made when it is first asked for."""

    name = "experiments"
    order = 40
    entries = (
        Entry("twin", mark("Compare with a twin…"), "twin", "Ctrl+Shift+C", menu="Training"),
        Entry("seeds", mark("Repeat over seeds…"), "seeds", "Ctrl+Shift+T", menu="Training"),
        Entry("find_rate", mark("Find a learning rate…"), "rate", "Ctrl+L", menu="Training"),
    )  # fmt: skip

    page: ExperimentPage | None = None

    @Slot()
    def twin(self) -> None:
        """One difference."""
        self._open("twin")

    @Slot()
    def seeds(self) -> None:
        """Many seeds."""
        self._open("seeds")

    @Slot()
    def rate(self) -> None:
        """The range test."""
        self._open("rate")

    def _open(self, kind: str) -> None:
        window = self.window
        if self.page is None:
            from nnstudio.app.experiment_page import ExperimentPage  # not before it is asked for

            self.page = ExperimentPage(window.document, window.session)
            self.page.used.connect(self._use)
            self.page.refused.connect(window.notice.show_error)
            window.stage.add(PAGE, mark("Experiments"), self.page)
        self.page.tabs.choose(kind)
        if self.page.kind != kind:
            self.page.choose(kind)
        window.stage.open(PAGE)

    @Slot(object, str)
    def _use(self, setup: Setup, text: str) -> None:
        self.window.document.edit(text, setup)
        self.window.stage.leave()

    def stop(self) -> None:
        """No experiment outlives the window."""
        if self.page is not None:
            self.page.end()
