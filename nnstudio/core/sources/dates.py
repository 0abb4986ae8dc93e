"""Dates and times in texts: which way they are written, and as days since 1970."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y年%m月%d日", "%Y.%m.%d")
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", "T%H:%M", "T%H:%M:%S", "T%H:%M:%S.%f")
FORMATS = tuple(day + time for day in _DAYS for time in _TIMES)
_EPOCH = datetime(1970, 1, 1)


def read_dates(texts: Sequence[str]) -> np.ndarray | None:
    """Days since 1970 of texts (n,) that all are dates, written in one way; else None."""
    if len(texts) < 2 or not all(8 <= len(text) <= 32 and text[0].isdigit() for text in texts[:5]):
        return None
    for form in FORMATS:
        try:
            datetime.strptime(texts[0].removesuffix("Z"), form)
            return np.array([days(text, form) for text in texts])
        except ValueError:
            continue
    return None


def days(text: str, form: str) -> float:
    """One date as days since 1970; raises ``ValueError``."""
    moment = datetime.strptime(text.removesuffix("Z"), form)
    return (moment - _EPOCH).total_seconds() / 86400


def read_date(text: str) -> float | None:
    """One date, however it is written, as days since 1970; or None."""
    for form in FORMATS:
        try:
            return days(text.strip(), form)
        except ValueError:
            continue
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return (moment - _EPOCH).total_seconds() / 86400
