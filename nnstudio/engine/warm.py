"""Warming up: every kernel compiled (once a machine, in a process of its own) and loaded.

Compiling holds the GIL for up to 100 ms at a time, which a person would see as a stutter, so it
is done by a child process that fills the cache; this process then only loads machine code. What
the first networks need comes first: training can begin as soon as that is there, and the rest
follows in the background.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from nnstudio.core.compiled import jit
from nnstudio.core.registry import discover
from nnstudio.engine import rows, vm

LOOPS = (vm.run, vm.help_run, vm.predict, vm.reshuffle)

#: Files whose kernels the first networks use: dense nets on 2-D data, images and tables.
FIRST = (
    "rows", "dense", "tanh", "sigmoid", "relu", "softmax", "cross_entropy", "mse", "adam", "sgd",
)  # fmt: skip
#: Where concepts declare kernels.
ROOMS = tuple(f"nnstudio.{room}" for room in ("layers", "losses", "optimizers", "datasets"))
#: Seconds between two kernels loaded in the background.
PAUSE = 0.01


def kernel_order() -> tuple[list[str], int]:
    """All kernels' names, those of the first networks first, and how many these are."""
    for room in ROOMS:
        discover(room)
    assert rows.accumulate  # its module declares kernels too
    first = [name for name in sorted(jit.kernels) if name.split(".")[0] in FIRST]
    rest = [name for name in sorted(jit.kernels) if name.split(".")[0] not in FIRST]
    return first + rest, len(first)


def compile_all(which: int = 0, of: int = 1) -> Iterator[tuple[int, int]]:
    """Compile or load everything, or one of so many equal shares of it (several processes may
    compile at once); yields (how many are done, of how many)."""
    names, _ = kernel_order()
    names = names[which::of]
    total = len(names) + len(LOOPS)
    yield 0, total
    for number, entry in enumerate(LOOPS, 1):
        entry.load()
        yield number, total
    for number, name in enumerate(names, len(LOOPS) + 1):
        assert jit.kernels[name].address
        yield number, total


def finish_mark() -> None:
    """Note in the cache folder that it holds everything."""
    mark_path().touch()


def mark_path() -> Path:
    """The file that says that the cache is complete."""
    from nnstudio.core.compiled import code_store

    return code_store.folder() / "complete"


class Warmth:
    """How far warming up has come; ``run`` is called on the session's thread.

    ``done`` says that training can begin, ``complete`` that nothing is left to compile.
    """

    def __init__(self) -> None:
        self.progress = 0.0
        self.done = False
        self.complete = False
        self._child: subprocess.Popen[str] | None = None
        self._cancelled = threading.Event()
        self._rest: threading.Thread | None = None

    def run(self) -> None:
        """See that what the first networks need is compiled and loaded; start on the rest."""
        if self.done or self._cancelled.is_set():
            return
        names, first = kernel_order()
        if not mark_path().exists():
            self._start_child()
            self._wait_for(first + len(LOOPS))
            if self._cancelled.is_set():
                self._reap()
                return
        for entry in LOOPS:
            entry.load()
        for number, name in enumerate(names[:first], 1):
            if self._cancelled.is_set():
                return
            assert jit.kernels[name].address
            self.progress = max(self.progress, number / first)
        self.done = True
        self._rest = threading.Thread(
            target=self._finish, args=(names[first:],), name="nnstudio-warm", daemon=True
        )
        self._rest.start()

    @property
    def compiled_elsewhere(self) -> bool:
        """Whether a child process had to compile."""
        return self._child is not None

    def _start_child(self) -> None:
        command = [sys.executable] if getattr(sys, "frozen", False) else [
            sys.executable, "-m", "nnstudio",
        ]  # fmt: skip
        try:
            self._child = subprocess.Popen(
                [*command, "warm", "--plain"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, text=True,
            )  # fmt: skip
        except OSError:
            self._child = None  # it will be compiled here, with stutters
        if self._cancelled.is_set():  # meanwhile
            self.cancel()

    def _wait_for(self, wanted: int) -> None:
        """Read the child's progress until it has compiled so many."""
        if self._child is None or self._child.stdout is None:
            return
        for line in self._child.stdout:
            done = line.strip().partition("/")[0]
            if done.isdigit():
                self.progress = min(0.95, 0.95 * int(done) / wanted)
                if int(done) >= wanted:
                    return

    def _finish(self, names: list[str]) -> None:
        """Wait for the child, then load the rest a little at a time."""
        self._reap()
        for name in names:
            if self._cancelled.is_set():
                return
            assert jit.kernels[name].address
            time.sleep(PAUSE)
        self.complete = True

    def _reap(self) -> None:
        """Read the child to its end."""
        if self._child is not None and self._child.stdout is not None:
            for _ in self._child.stdout:
                pass
            self._child.stdout.close()
            self._child.wait()

    def cancel(self) -> None:
        """Give up: the program is closing."""
        self._cancelled.set()
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()

    def join(self) -> None:
        """Wait for the background work to end, after ``cancel``."""
        if self._rest is not None:
            self._rest.join(timeout=5)
