"""Long work that can be watched and cancelled, without passing a watcher through every call.

Whoever starts the work says so around it, on the thread that does it::

    with watched(bar.show_share, stop.is_set):
        data = dataset.load()

and whoever works calls ``progress(share)`` every few milliseconds, which raises ``Cancelled`` if
the work is no longer wanted. Nothing has been changed then; temporary files are gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from nnstudio.core.text import StudioError, mark


class Cancelled(StudioError):
    """The work is no longer wanted."""

    def __init__(self, template: str = mark("Cancelled."), /, **values: Any) -> None:
        super().__init__(template, **values)


@dataclass(frozen=True)
class _Watcher:
    report: Callable[[float], None] | None = None
    cancelled: Callable[[], bool] | None = None
    low: float = 0.0
    high: float = 1.0


_NOBODY = _Watcher()
_watcher: ContextVar[_Watcher] = ContextVar("watcher", default=_NOBODY)


@contextmanager
def watched(
    report: Callable[[float], None] | None = None, cancelled: Callable[[], bool] | None = None
) -> Iterator[None]:
    """Watch what this thread does inside: ``report`` gets the share done, 0 to 1, and the work
    ends with ``Cancelled`` soon after ``cancelled`` gives true. Both are called on this thread."""
    token = _watcher.set(_Watcher(report, cancelled))
    try:
        yield
    finally:
        _watcher.reset(token)


@contextmanager
def portion(low: float, high: float) -> Iterator[None]:
    """What is done inside is only this portion of the present work."""
    outer = _watcher.get()
    width = outer.high - outer.low
    token = _watcher.set(
        _Watcher(outer.report, outer.cancelled, outer.low + low * width, outer.low + high * width)
    )
    try:
        yield
    finally:
        _watcher.reset(token)


def progress(share: float) -> None:
    """Say that this share of the work, 0 to 1, is done; raises ``Cancelled`` if nobody wants the
    rest."""
    watcher = _watcher.get()
    if watcher.cancelled is not None and watcher.cancelled():
        raise Cancelled()
    if watcher.report is not None:
        share = min(max(share, 0.0), 1.0)
        watcher.report(watcher.low + share * (watcher.high - watcher.low))
