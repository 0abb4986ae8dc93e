"""Symbols of one's own: drawn, a page for each class, kept, and learned as an image data set."""

from __future__ import annotations

from PySide6.QtCore import Slot

from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.core.text import mark, tr

PAGE = "symbols"


@feature
class DrawnSymbols(Feature):
    """The page is made when it is first asked for; its file lies in the user's data folder."""

    name = "symbols"
    order = 25
    entries = (
        Entry(
            "draw_symbols", mark("Draw symbols"), "toggle", checkable=True, menu="Edit",
            help=mark("Draw letters or symbols of your own, and let a network learn them"),
        ),
    )  # fmt: skip

    def start(self) -> None:
        """Follow the data column and the stage."""
        self.window.databar.symbols_wanted.connect(self.toggle)
        self.window.stage.changed.connect(self._follow)

    @Slot()
    def toggle(self) -> None:
        """The page, or back to the network."""
        from platformdirs import user_data_path

        from nnstudio.app.data_page.symbols_page import SymbolsPage

        window = self.window
        if window.stage.current == PAGE:
            window.stage.leave()
            return
        if PAGE not in window.stage.pages:
            folder = user_data_path("nnstudio", appauthor=False) / "symbols"
            page = SymbolsPage(folder / f"{tr('my symbols')}.zip")
            page.refused.connect(window.notice.show_error)
            page.wanted.connect(window.open_path)
            window.stage.add(PAGE, mark("Draw symbols"), page)
        window.stage.open(PAGE)

    @Slot(str)
    def _follow(self, name: str) -> None:
        self.window.actions_by_name["draw_symbols"].setChecked(name == PAGE)

    def stop(self) -> None:
        """Finish writing."""
        page = self.window.stage.pages.get(PAGE)
        if page is not None:
            page.content.job.stop()  # type: ignore[attr-defined]
