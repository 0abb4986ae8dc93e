"""The data page: one click from the data column, in place of the network."""

from __future__ import annotations

from PySide6.QtCore import Slot

from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.core.text import mark

PAGE, WRONG = "data", "wrong"


@feature
class DataPages(Feature):
    """Made when it is first asked for."""

    name = "data_page"
    order = 30
    entries = (
        Entry(
            "data_page", mark("Data"), "toggle", "Ctrl+T", checkable=True, rule=True,
            help=mark("Every row, column and image, and how they are prepared (Ctrl+T)"),
            menu="View", before="full_screen",
        ),
        Entry(
            "most_wrong", mark("Most wrong"), "toggle_wrong", checkable=True,
            help=mark("What the network gets most wrong, with a way to put it right"),
            menu="View", before="full_screen",
        ),
    )  # fmt: skip

    def start(self) -> None:
        """Follow the data column and the stage."""
        self.window.databar.data_wanted.connect(self.open)
        self.window.stage.changed.connect(self._follow)

    @Slot()
    def toggle(self) -> None:
        """The data page, or back to the network."""
        if self.window.stage.current == PAGE:
            self.window.stage.leave()
        else:
            self.open()

    @Slot()
    def open(self) -> None:
        """Show the data page."""
        from nnstudio.app.data_page.page import DataPage

        window = self.window
        if PAGE not in window.stage.pages:
            page = DataPage(window.document, window.databar.loader)
            page.folds_wanted.connect(window.actions_by_name["cross_validate"].trigger)
            window.stage.add(PAGE, mark("Data"), page)
        window.stage.open(PAGE)

    @Slot()
    def toggle_wrong(self) -> None:
        """The most wrong examples, or back to the network."""
        from nnstudio.app.data_page.wrong_page import WrongPage

        window = self.window
        if window.stage.current == WRONG:
            window.stage.leave()
            return
        if WRONG not in window.stage.pages:
            page = WrongPage(window.document, window.session, window.databar.loader)
            window.stage.add(WRONG, mark("Most wrong"), page)
            window.bridge.add(page)
        window.stage.open(WRONG)

    @Slot(str)
    def _follow(self, name: str) -> None:
        self.window.actions_by_name["data_page"].setChecked(name == PAGE)
        self.window.actions_by_name["most_wrong"].setChecked(name == WRONG)

    def stop(self) -> None:
        """End the page's thread."""
        page = self.window.stage.pages.get(PAGE)
        if page is not None:
            page.content.stop()  # type: ignore[attr-defined]
