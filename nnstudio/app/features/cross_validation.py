"""Cross-validation from the Training menu: all folds, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.core.recipes.own_data import PreparedDataset
from nnstudio.core.text import StudioError, mark

if TYPE_CHECKING:
    from nnstudio.app.folds_page import FoldsPage

PAGE = "folds"


@feature
class CrossValidation(Feature):
    """One page, made when it is first asked for."""

    name = "cross_validation"
    order = 45
    entries = (
        Entry("cross_validate", mark("Cross-validate…"), "open", menu="Training",
              help=mark("Train once for each fold of the data and score the rows left out")),
    )  # fmt: skip

    page: FoldsPage | None = None

    @Slot()
    def open(self) -> None:
        """Show the page, if the data can be divided."""
        window = self.window
        if not isinstance(window.document.setup.dataset, PreparedDataset):
            window.notice.show_error(
                StudioError(
                    mark("Folds are for tables and images that are divided here. Open data of "
                         "your own.")
                )
            )  # fmt: skip
            return
        if self.page is None:
            from nnstudio.app.folds_page import FoldsPage

            self.page = FoldsPage(window.document)
            self.page.refused.connect(window.notice.show_error)
            window.stage.add(PAGE, mark("Cross-validation"), self.page)
        self.page.suggest()
        window.stage.open(PAGE)

    def stop(self) -> None:
        """No fold outlives the window."""
        if self.page is not None:
            self.page.stop()
