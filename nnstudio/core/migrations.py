"""Projects of earlier versions, brought up to the present one step by step.

Each step takes the manifest of one version and gives that of the next. It may be a stranger's, so
a step changes what it knows and leaves the rest to whoever reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Manifest = dict[str, Any]


def _from_1(manifest: Manifest) -> Manifest:
    """Version 1 kept the runs among ``extra``, each with its setup, and no keyframes of them."""
    state = manifest.get("state")
    if not isinstance(state, dict):
        return manifest
    extra = state.get("extra")
    extra = dict(extra) if isinstance(extra, dict) else {}
    runs = extra.pop("runs", [])
    runs = [one for one in runs if isinstance(one, dict)] if isinstance(runs, list) else []
    setups = [one.get("setup") for one in runs]
    numbered = [{**one, "setup": number} for number, one in enumerate(runs)]
    tree = {"runs": numbered, "setups": setups, "data": [], "stretches": [], "stacks": 0}
    return {**manifest, "state": {**state, "extra": extra, "tree": tree, "data": {}}}


#: By the version that a step begins with.
STEPS: dict[int, Callable[[Manifest], Manifest]] = {1: _from_1}


def upgraded(manifest: Manifest, version: int) -> Manifest:
    """A manifest as the present version would have written it."""
    while version in STEPS:
        manifest = STEPS[version](manifest)
        version += 1
    return manifest
