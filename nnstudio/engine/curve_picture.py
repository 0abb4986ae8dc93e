"""A run's loss curves as a PNG picture, for runs without a window."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

SIZE = (960, 540)
#: Room around the plot for numbers and words: left, top, right, bottom.
MARGIN = (78, 44, 24, 52)
INK, FAINT, LINE = "#1f2733", "#6b7480", "#e4e8ee"
TRAIN, VALID = "#2f6fde", "#f28e2b"
#: A logarithmic axis where losses span more than this factor.
SPAN = 50.0
DRAWN_TWICE = 2  # drawn twice as large and made smaller, so that lines are smooth


def curve_png(
    steps: Sequence[float], train: Sequence[float], valid: Sequence[float], title: str
) -> bytes:
    """The picture's bytes; ``valid`` may hold NaN where nothing was measured. Training is the
    solid line, validation the dashed one."""
    from PIL import Image, ImageDraw, ImageFont

    k = DRAWN_TWICE
    picture = Image.new("RGB", (SIZE[0] * k, SIZE[1] * k), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(15 * k)
    large = ImageFont.load_default(18 * k)
    left, top = MARGIN[0] * k, MARGIN[1] * k
    right, bottom = (SIZE[0] - MARGIN[2]) * k, (SIZE[1] - MARGIN[3]) * k
    x = np.asarray(steps, float)
    curves = {
        "training loss": np.asarray(train, float),
        "validation loss": np.asarray(valid, float),
    }
    known = np.concatenate([c[np.isfinite(c)] for c in curves.values()])
    draw.text((left, 12 * k), title, fill=INK, font=large)
    if not len(known) or not len(x):
        draw.text((left, top + 20 * k), "no training", fill=FAINT, font=font)
        return _bytes(picture)
    low, high = float(known.min()), float(known.max())
    logarithmic = low > 0 and high / low > SPAN
    ticks = _powers(low, high) if logarithmic else _round_ticks(min(low, 0.0), high)
    first, last = ticks[0], ticks[-1]

    def across(value: float) -> float:
        return left + (right - left) * (value - x[0]) / max(x[-1] - x[0], 1e-9)

    def up(value: float) -> float:
        share = (
            math.log(max(value, first) / first) / math.log(last / first)
            if logarithmic
            else (value - first) / (last - first)
        )
        return bottom - (bottom - top) * share

    for tick in ticks:
        draw.line([(left, up(tick)), (right, up(tick))], fill=LINE, width=k)
        draw.text((left - 8 * k, up(tick)), f"{tick:g}", fill=FAINT, font=font, anchor="rm")
    for tick in _round_ticks(float(x[0]), float(x[-1])):
        if x[0] <= tick <= x[-1]:
            place = (across(tick), bottom + 8 * k)
            draw.text(place, f"{int(tick):,}", fill=FAINT, font=font, anchor="mt")
    draw.text(((left + right) / 2, SIZE[1] * k - 8 * k), "step", fill=FAINT, font=font, anchor="mb")
    at = float(right)
    for (name, values), colour in reversed(list(zip(curves.items(), (TRAIN, VALID), strict=True))):
        there = np.isfinite(values)
        points = [(across(a), up(b)) for a, b in zip(x[there], values[there], strict=True)]
        if points:
            _line(draw, points, colour, k, dashed=name != "training loss")
            draw.text((at, 15 * k), name, fill=colour, font=font, anchor="ra")
            at -= draw.textlength(name, font=font) + 22 * k
    return _bytes(picture)


def _line(draw, points, colour, k, dashed):  # type: ignore[no-untyped-def]
    """A line through points, whole or in dashes of equal length."""
    if not dashed or len(points) < 2:
        draw.line(
            points if len(points) > 1 else points * 2, fill=colour, width=2 * k, joint="curve"
        )
        return
    dash, walked = 9.0 * k, 0.0
    for (ax, ay), (bx, by) in pairwise(points):
        length = math.hypot(bx - ax, by - ay)
        at = 0.0
        while at < length:
            end = min(length, at + dash - walked % dash)
            if int(walked / dash) % 2 == 0:
                s, e = at / length, end / length
                ends = [(ax + (bx - ax) * s, ay + (by - ay) * s),
                        (ax + (bx - ax) * e, ay + (by - ay) * e)]  # fmt: skip
                draw.line(ends, fill=colour, width=2 * k)
            walked += max(end - at, 1e-6)
            at = max(end, at + 1e-6)


def _powers(low: float, high: float) -> list[float]:
    """Powers of ten around a range."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    return [10.0**n for n in range(first, max(last, first + 1) + 1)]


def _round_ticks(low: float, high: float) -> list[float]:
    """Some round numbers from at most ``low`` to at least ``high``."""
    span = max(high - low, 1e-9)
    step = 10.0 ** math.floor(math.log10(span / 4))
    step *= next(m for m in (1, 2, 5, 10) if span / (step * m) <= 6)
    first = math.floor(low / step)
    count = max(1, math.ceil(high / step - 1e-9) - first)
    return [round((first + n) * step, 12) for n in range(count + 1)]


def _bytes(picture) -> bytes:  # type: ignore[no-untyped-def]
    from PIL import Image

    small = picture.resize(SIZE, Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "PNG")
    return buffer.getvalue()
