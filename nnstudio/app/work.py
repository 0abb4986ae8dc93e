"""Something that takes long, done a little at a time on the probe thread, so that other views are
not kept waiting and it can be watched."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from nnstudio.engine.view import View

#: Seconds of one turn.
TURN = 0.03


class Work:
    """``step(view)`` does a little, and gives False when there is no more to do. Compared by
    identity: a panel that wants other work makes another."""

    def __init__(self, step: Callable[[View], bool]) -> None:
        self._step = step
        self.done = False
        self.result: Any = None

    def advance(self, view: View, seconds: float = TURN) -> None:
        """One turn."""
        end = time.perf_counter() + seconds
        while not self.done:
            self.done = not self._step(view)
            if time.perf_counter() >= end:
                return
