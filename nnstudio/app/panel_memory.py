"""What panels keep for the next start: one JSON text of the settings, a value for each panel."""

from __future__ import annotations

import json
from typing import Any

from nnstudio.app.settings import Settings


def _all(settings: Settings) -> dict[str, Any]:
    try:
        found = json.loads(settings.panel_choices or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def kept(settings: Settings, name: str) -> Any:
    """What a panel kept, whatever somebody made of it in the file; None if there is nothing."""
    return _all(settings).get(name)


def keep(settings: Settings, name: str, value: Any) -> None:
    """Keep a panel's plain JSON value."""
    settings.panel_choices = json.dumps(
        {**_all(settings), name: value}, ensure_ascii=False, sort_keys=True
    )
