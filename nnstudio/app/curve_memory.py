"""Which curves a person chose, for each kind of task, and how they are drawn."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QActionGroup

from nnstudio.app.header import Toggle
from nnstudio.app.metric_curves import choices
from nnstudio.app.metric_menu import MetricButton
from nnstudio.core.data import Data


class CurveMemory:
    """Keeps what the controls show: ``{"classification": {"metrics": [...], "parts": [...]},
    "log": true, "smooth": 0.03}``."""

    def __init__(self, button: MetricButton, log: Toggle, smooth: QActionGroup) -> None:
        self.button = button
        self.log = log
        self.smooth = smooth
        self.kept: dict[str, Any] = {}
        self._task = ""

    def recall(self, kept: Any, data: Data) -> None:
        """Take up what was kept, whatever it is, and show it."""
        self.kept = kept if isinstance(kept, dict) else {}
        self.log.setChecked(self.kept.get("log") is True)
        for action in self.smooth.actions():
            if action.data() == self.kept.get("smooth", 0.0):
                action.setChecked(True)
        self._task = ""
        self.suit(data)

    def suit(self, data: Data) -> None:
        """Offer what suits the data; for another kind of task show what was chosen for it."""
        self.button.set_words(choices(data))
        if data.task != self._task:
            self._task = data.task
            chosen = self.kept.get(data.task)
            if isinstance(chosen, dict):
                self.button.choose(_names(chosen.get("metrics")), _names(chosen.get("parts")))

    def keep(self) -> dict[str, Any]:
        """The curves that show are for the present kind of task; gives all that is kept."""
        chosen = {"metrics": list(self.button.metrics), "parts": list(self.button.parts)}
        action = self.smooth.checkedAction()
        drawn = {"log": self.log.isChecked(), "smooth": action.data() if action else 0.0}
        self.kept = {**self.kept, **drawn, self._task: chosen}
        return self.kept


def _names(found: Any) -> list[str]:
    """The texts of what should be a list of them."""
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
