"""Preferences: one form over what the settings declare; every change acts at once."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel

from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.app.forms import SpecForm
from nnstudio.app.i18n import say
from nnstudio.app.widgets.dialog import SideWindow
from nnstudio.core.text import StudioError, mark

#: Shown in this order; the other settings are remembered places and sizes.
NAMES = (
    "theme",
    "language",
    "layout",
    "threads",
    "memory",
    "autosave",
    "plane_speed",
    "still",
    "tour",
)


@feature
class PreferencesFeature(Feature):
    """The window with the form, made when it is first asked for."""

    name = "preferences"
    order = 950
    entries = (
        Entry("preferences", mark("Preferences…"), "open_form", "Ctrl+,", menu="Edit", rule=True,
              help=mark("Theme, language, threads, memory, autosave (Ctrl+,)")),
    )  # fmt: skip

    dialog: SideWindow | None = None

    def start(self) -> None:
        """What was chosen before acts from the start; what cannot be kept is told."""
        self.window.settings.listen(self.window.notice.show_error)
        for name in ("still", "memory"):
            self._act(name, getattr(self.window.settings, name))

    @Slot()
    def open_form(self) -> None:
        """Show the form."""
        if self.dialog is None:
            self.dialog = SideWindow(mark("Preferences"), self.window)
            self.form = SpecForm(self.window.settings.values, self.dialog, NAMES)
            self.form.edited.connect(self.change)
            self.form.refused.connect(self._refused)
            self.said = say(QLabel(self.dialog), text=mark("Every change acts at once."))
            self.said.setProperty("role", "muted")
            self.said.setWordWrap(True)
            self.dialog.column.addWidget(self.form)
            self.dialog.column.addWidget(self.said)
            self.window.looks.changed.connect(self.show_values)
        self.show_values()
        self.dialog.open()

    @Slot()
    def show_values(self) -> None:
        """Show what the settings are now."""
        if self.dialog is not None:
            self.form.show_spec(self.window.settings.values)

    @Slot(str, object)
    def change(self, name: str, value: Any) -> None:
        """Set a preference and let it act."""
        window = self.window
        if name == "theme":
            window.looks.set_theme(value)
        elif name == "language":
            window.looks.set_language(value)
        elif name == "layout":
            window.features["layouts"].choose(value)  # type: ignore[attr-defined]
        else:
            setattr(window.settings, name, value)
        self._act(name, value)
        self.show_values()

    def _act(self, name: str, value: Any) -> None:
        window = self.window
        if name == "threads":
            window.session.set_threads(value)
        elif name == "autosave":
            autosave = window.features["autosave"]
            autosave.timer.setInterval(1000 * value)  # type: ignore[attr-defined]
        elif name == "plane_speed":
            window.suit_speed()
        elif name == "still":
            window.bridge.calm = window.canvas.still = value
        elif name == "memory":
            window.session.runs.budget = value << 20

    @Slot(object)
    def _refused(self, error: StudioError) -> None:
        self.said.setText(str(error))
        self.show_values()
