"""Which curves a person chose, for each kind of task."""

from __future__ import annotations

from typing import Any

from nnstudio.app.metric_curves import choices
from nnstudio.app.metric_menu import MetricButton
from nnstudio.core.data import Data


class CurveMemory:
    """Keeps what the button shows: ``{"classification": {"metrics": [...], "parts": [...]}}``."""

    def __init__(self, button: MetricButton) -> None:
        self.button = button
        self.kept: dict[str, Any] = {}
        self._task = ""

    def recall(self, kept: Any, data: Data) -> None:
        """Take up what was kept, whatever it is, and show it."""
        self.kept = kept if isinstance(kept, dict) else {}
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
        """The choice that shows is for the present kind of task; gives all that is kept."""
        chosen = {"metrics": list(self.button.metrics), "parts": list(self.button.parts)}
        self.kept = {**self.kept, self._task: chosen}
        return self.kept


def _names(found: Any) -> list[str]:
    """The texts of what should be a list of them."""
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
