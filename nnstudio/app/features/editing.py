"""Editing the network from the menus: clipboard, selection, links, blocks, an empty canvas."""

from __future__ import annotations

from PySide6.QtCore import Slot

from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.core.text import mark


@feature
class Editing(Feature):
    """The canvas' own edits as entries of the Edit and Network menus; it has their keys itself."""

    name = "editing"
    order = 20
    entries = (
        Entry("cut_layers", mark("Cut"), "cut", menu="Edit", help=mark("Cut (Ctrl+X)"),
              rule=True),
        Entry("copy_layers", mark("Copy"), "copy", menu="Edit", help=mark("Copy (Ctrl+C)")),
        Entry("paste_layers", mark("Paste"), "paste", menu="Edit", help=mark("Paste (Ctrl+V)")),
        Entry("duplicate_layers", mark("Duplicate"), "duplicate", menu="Edit",
              help=mark("Duplicate (Ctrl+D)")),
        Entry("select_all_layers", mark("Select all"), "select_all", menu="Edit",
              help=mark("Select all (Ctrl+A)")),
        Entry("connect_layer", mark("Connect to…"), "connect_layer", menu="Network", rule=True,
              help=mark("Connect the selected layer to another one (C)")),
        Entry("fold_layers", mark("Fold or unfold"), "fold", menu="Network",
              help=mark("Fold or unfold what is selected (F)")),
        Entry("freeze_layers", mark("Freeze or thaw"), "freeze", menu="Network"),
        Entry("fit_network", mark("Show the whole network"), "fit", menu="View",
              before="full_screen", help=mark("Show the whole network (Ctrl+0)")),
        Entry("empty_network", mark("Empty network"), "empty", menu="Network", rule=True),
    )  # fmt: skip

    def start(self) -> None:
        """What the canvas cannot say by itself."""
        self.window.canvas.fault_found.connect(self.window.notice.show_error)
        self.window.canvas.space_tapped.connect(self.window.toggle_play)

    @Slot()
    def cut(self) -> None:
        """Copy the selected layers and remove them."""
        self.window.canvas.cut_selected()

    @Slot()
    def copy(self) -> None:
        """Put the selected layers on the clipboard."""
        self.window.canvas.copy_selected()

    @Slot()
    def paste(self) -> None:
        """Insert the layers of the clipboard."""
        self.window.canvas.paste_layers()

    @Slot()
    def duplicate(self) -> None:
        """Insert a copy of the selected layers."""
        self.window.canvas.duplicate_selected()

    @Slot()
    def select_all(self) -> None:
        """Select every layer."""
        self.window.canvas.setFocus()
        self.window.canvas.select_all()

    @Slot()
    def connect_layer(self) -> None:
        """Pull a link out of the selected layer; arrows and Enter choose where to."""
        self.window.canvas.begin_connecting()

    @Slot()
    def fold(self) -> None:
        """Fold or unfold what is selected."""
        self.window.canvas.fold_selection()

    @Slot()
    def freeze(self) -> None:
        """Freeze the selected layers, or thaw them."""
        self.window.canvas.freeze_selected()

    @Slot()
    def fit(self) -> None:
        """Show the whole network."""
        self.window.canvas.fit()

    @Slot()
    def empty(self) -> None:
        """Take everything away but the input; undo brings it back."""
        self.window.canvas.start_empty()
