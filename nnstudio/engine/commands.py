"""What the session is asked to do, in order.

An edit of a network in training is obeyed a moment later than it is asked for, and of several that
wait for it only the last: planning a network is Python, and so is painting it, and the one who
edits should see the edit before the trainer has it (60 layers: 30 ms instead of 59). Nothing
overtakes it: whatever else is asked ends the wait.
"""

from __future__ import annotations

import collections
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from nnstudio.core.data import Data
from nnstudio.core.setup import Setup
from nnstudio.core.text import StudioError, mark

#: Seconds that the window has for painting an edit.
PAINTING = 0.03
#: Seconds from which on a command that is being obeyed is worth a word.
PATIENCE = 0.3


@dataclass(frozen=True)
class Edit:
    """A setup that training goes on with, from the time ``due`` on."""

    setup: Setup
    data: Data
    due: float


Command = Callable[[], None] | Edit


def obey(command: Callable[[], None]) -> StudioError | None:
    """Do something on the session's thread, which lives on whatever happens: without it nothing
    could be saved any more. What nobody foresaw is reported as of a thread that ends, and told."""
    try:
        command()
    except Exception as error:
        found = (type(error), error, error.__traceback__, threading.current_thread())
        threading.excepthook(threading.ExceptHookArgs(found))
        told = f"{type(error).__name__}: {error}"
        return StudioError(
            mark("Training met an error of its own ({error}). Save your work under a new name, "
                 "then reset the run."), error=told,
        )  # fmt: skip
    return None


class Commands:
    """A queue that any thread may put into and one takes from."""

    def __init__(self) -> None:
        self.news = threading.Event()
        self._waiting: collections.deque[Command] = collections.deque()
        self._taken = 0.0  # when the command was taken that is being obeyed; 0: none is

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, command: Callable[[], None]) -> None:
        """Ask for something."""
        self._waiting.append(command)
        self.news.set()

    def edit(self, setup: Setup, data: Data) -> None:
        """Ask to go on with an edited setup."""
        self._waiting.append(Edit(setup, data, time.perf_counter() + PAINTING))
        self.news.set()

    def take(self, at_once: bool = False) -> Command | None:
        """The next that is due; ``at_once``: edits do not wait. None if nothing is. Whoever takes
        one has obeyed the one before."""
        self._taken = 0.0
        if not self._waiting or not (at_once or self.seconds_left <= 0.0):
            return None
        self._taken = time.perf_counter()  # first, or for a moment it would seem that nothing is
        command = self._waiting.popleft()
        while isinstance(command, Edit) and self._waiting and isinstance(self._waiting[0], Edit):
            command = self._waiting.popleft()
        return command

    @property
    def pending(self) -> bool:
        """Whether anything waits or is being obeyed."""
        return bool(self._waiting) or self._taken > 0.0

    @property
    def seconds_busy(self) -> float:
        """For how long a command has been obeyed; 0: none is."""
        taken = self._taken
        return time.perf_counter() - taken if taken else 0.0

    @property
    def seconds_left(self) -> float:
        """Until the next is due; at most 0 if it is."""
        first, last = self._waiting[0], self._waiting[-1]
        if isinstance(first, Edit) and isinstance(last, Edit):
            return first.due - time.perf_counter()
        return 0.0

    def wait(self) -> None:
        """Sleep until there is news, or something is due."""
        self.news.wait(max(0.0, self.seconds_left) if self._waiting else None)
