"""Warming up: every kernel compiled (once a machine, in a process of its own) and loaded.

Compiling holds the GIL for up to 100 ms at a time, which a person would see as a stutter, so it
is done by a child process that fills the cache; this process then only loads machine code.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from nnstudio.core import jit
from nnstudio.core.registry import discover_all
from nnstudio.engine import rows, vm

LOOPS = (vm.run, vm.help_run, vm.predict, vm.reshuffle)


def compile_all() -> Iterator[tuple[int, int]]:
    """Compile or load everything; yields (how many are done, of how many)."""
    discover_all()
    assert rows.accumulate  # its module declares kernels too
    names = sorted(jit.kernels)
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
    from nnstudio.core import native

    return native.cache_folder() / "complete"


class Warmth:
    """How far warming up has come; ``run`` is called on the session's thread."""

    def __init__(self) -> None:
        self.progress = 0.0
        self.done = False
        self.compiling = False
        self._child: subprocess.Popen[str] | None = None
        self._cancelled = False

    def run(self) -> None:
        """Compile in a child process if the cache is not complete, then load everything here."""
        if self.done:
            return
        from nnstudio.core import native

        native.refresh()
        if not mark_path().exists():
            self.compiling = True
            self._compile_apart()
            self.compiling = False
        if self._cancelled:
            return
        for finished, total in compile_all():
            if self._cancelled:
                return
            self.progress = max(self.progress, finished / total)
        self.done = True

    def _compile_apart(self) -> None:
        command = [sys.executable] if getattr(sys, "frozen", False) else [
            sys.executable, "-m", "nnstudio",
        ]  # fmt: skip
        try:
            self._child = subprocess.Popen(
                [*command, "warm", "--plain"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, text=True,
            )  # fmt: skip
        except OSError:
            return  # it will be compiled here, with stutters
        with self._child as child:
            assert child.stdout is not None
            for line in child.stdout:
                done, _, total = line.strip().partition("/")
                if done.isdigit() and total.isdigit():
                    self.progress = 0.9 * int(done) / max(1, int(total))

    def cancel(self) -> None:
        """Give up: the program is closing."""
        self._cancelled = True
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
