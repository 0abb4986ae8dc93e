"""Links drawn as smooth curves by NumPy, off the GUI thread.

Qt strokes ninety antialiased curves in about 20 ms; this takes a few and holds up no window. The
geometry is prepared once a layout: which pixels each curve can touch, and how far they are from
it. A frame then only weighs them by the links' widths and strengths. Where links cross, their
inks add up (optical depth), so the order in which they are drawn does not matter.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from nnstudio.app.canvas.layout import LinkGroup

WIDTH_LEAST = 0.7
WIDTH_MOST = 4.0
ALPHA_LEAST = 0.10
ALPHA_MOST = 0.88
DASH = 4.5
DASH_PERIOD = 7.5


def _curve() -> tuple[np.ndarray, np.ndarray]:
    """The Bézier from (0, 0) to (1, 1) with level ends, as a table: x and y."""
    t = np.linspace(0.0, 1.0, 129)
    return 1.5 * t * (1 - t) + t**3, 3 * t**2 - 2 * t**3


_CURVE_X, _CURVE_Y = _curve()


def curve_at(u: np.ndarray | float) -> np.ndarray:
    """How far up a link is (0..1), at a share ``u`` of its way across."""
    return np.interp(u, _CURVE_X, _CURVE_Y)


def strength(weights: np.ndarray) -> np.ndarray:
    """How strongly links are drawn: 0..1, a half at ±1, without a scale that would jump."""
    size = np.abs(np.nan_to_num(weights, nan=0.0, posinf=1e6, neginf=-1e6))
    return size / (size + 1.0)


@dataclass(frozen=True)
class LinkImage:
    """Premultiplied ARGB pixels (height, width) uint32 and where they belong in the scene."""

    pixels: np.ndarray
    left: float
    top: float
    scale: float


class LinkRaster:
    """The curves of all links of a layout, ready to be coloured by weights.

    ``scale`` is device pixels a scene pixel, ``thickness`` a factor of all widths. Links are
    counted group by group, each group's in the order of its weight matrix (inputs, units) read
    row by row.
    """

    def __init__(self, groups: list[LinkGroup], scale: float = 1.0, thickness: float = 1.0) -> None:
        self.groups = [group for group in groups if group.parameter != "same"]
        self.scale = scale
        self.thickness = thickness
        self.sizes = [len(g.sources) * len(g.targets) for g in self.groups]
        self.count = sum(self.sizes)
        self._lock = threading.Lock()
        self._ready = False

    def _prepare(self) -> None:
        """Find the pixels; takes some ten milliseconds, so it waits for the first image."""
        scale = self.scale
        ends = [y for g in self.groups for y in (*g.sources, *g.targets)]
        self.left = np.floor(min(g.left for g in self.groups) - 1)
        margin = WIDTH_MOST / 2 * self.thickness + 2
        self.top = np.floor(min(ends) - margin)
        self.width = int(np.ceil((max(g.right for g in self.groups) + 1 - self.left) * scale))
        self.height = int(np.ceil((max(ends) + margin - self.top) * scale))
        pixels, distances, samples, lengths, owners = [], [], [], [], []
        first_sample = first_link = 0
        reach = WIDTH_MOST / 2 * self.thickness * scale + 0.5
        for group in self.groups:
            x0, x1 = (group.left - self.left) * scale, (group.right - self.left) * scale
            y0 = np.repeat(np.array(group.sources), len(group.targets))[:, None]
            y1 = np.tile(np.array(group.targets), len(group.sources))[:, None]
            y0, y1 = (y0 - self.top) * scale, (y1 - self.top) * scale
            columns = np.arange(int(np.floor(x0)), int(np.ceil(x1)))
            u = np.clip((columns + 0.5 - x0) / (x1 - x0), 0.0, 1.0)
            shape = curve_at(u)
            y = y0 + (y1 - y0) * shape
            slope = (y1 - y0) * np.gradient(shape, columns.astype(float))
            norm = np.sqrt(1.0 + slope * slope)
            start = np.floor(y - reach * norm).astype(np.int64)
            tall = int(np.ceil(2 * reach * norm.max())) + 2
            rows = start[:, :, None] + np.arange(tall)
            distance = np.abs(rows + 0.5 - y[:, :, None]) / norm[:, :, None]
            near = (distance < reach) & (rows >= 0) & (rows < self.height)
            link, sample, _ = np.nonzero(near)
            pixels.append((rows[near] * self.width + columns[sample]).astype(np.int64))
            distances.append(distance[near].astype(np.float32))
            samples.append((first_sample + link * len(columns) + sample).astype(np.int64))
            lengths.append(np.cumsum(norm, axis=1).astype(np.float32).ravel() / scale)
            owners.append(np.repeat(first_link + np.arange(len(y0)), len(columns)))
            first_sample += len(y0) * len(columns)
            first_link += len(y0)
        self._stack(np.concatenate(pixels), np.concatenate(distances), np.concatenate(samples))
        self._length = np.concatenate(lengths)
        self._owner = np.concatenate(owners)
        self._ready = True

    def _stack(self, pixel: np.ndarray, distance: np.ndarray, sample: np.ndarray) -> None:
        """Order what touches pixels in layers: the first of each pixel, the second, and so on.

        The first layer is then as long as the pixels themselves and each layer adds with one
        vector operation, several times faster than ``np.add.reduceat`` over groups this short.
        """
        order = np.argsort(pixel, kind="stable")
        starts = np.flatnonzero(np.diff(pixel[order], prepend=-1))
        sizes = np.diff(starts, append=len(order))
        level = np.arange(len(order)) - np.repeat(starts, sizes)
        by_level = np.argsort(level, kind="stable")
        order = order[by_level]
        self._touched = pixel[order[: len(starts)]]
        owner = np.repeat(np.arange(len(starts)), sizes)[by_level]
        cuts = np.cumsum(np.bincount(level))
        self._layers = [
            (slice(begin, end), owner[begin:end]) for begin, end in pairwise(cuts.tolist())
        ]
        self._distance = distance[order]
        self._sample = sample[order]

    def _sum(self, ink: np.ndarray) -> np.ndarray:
        """The sum at each touched pixel."""
        total = ink[: len(self._touched)].copy()
        for layer, owner in self._layers:
            total[owner] += ink[layer]
        return total

    def image(
        self,
        weights: np.ndarray,
        positive: tuple[int, int, int],
        negative: tuple[int, int, int],
        phase: float | None = None,
    ) -> LinkImage | None:
        """Draw all links for ``weights`` (count,); dashed and moved on by ``phase`` if given."""
        if not self.count or len(weights) != self.count:
            return None
        with self._lock:
            if not self._ready:
                self._prepare()
        strong = strength(weights).astype(np.float32)
        half = (WIDTH_LEAST + (WIDTH_MOST - WIDTH_LEAST) * strong) * np.float32(
            self.scale * self.thickness / 2
        )
        ink = -np.log1p(-(ALPHA_LEAST + (ALPHA_MOST - ALPHA_LEAST) * strong))
        ink = np.copysign(ink, weights).astype(np.float32)
        ink_there = ink[self._owner]
        if phase is not None:
            along = np.mod(self._length - np.float32(phase), np.float32(DASH_PERIOD))
            ink_there *= np.clip(np.minimum(along, DASH - along) + 0.5, 0.0, 1.0)
        cover = (half + np.float32(0.5))[self._owner].take(self._sample, mode="clip")
        cover -= self._distance
        np.clip(cover, 0.0, 1.0, out=cover)
        cover *= ink_there.take(self._sample, mode="clip")
        signed = self._sum(cover)
        depth = self._sum(np.abs(cover, out=cover))
        return self._colour(signed, depth, positive, negative)

    def _colour(
        self,
        signed: np.ndarray,
        depth: np.ndarray,
        positive: tuple[int, int, int],
        negative: tuple[int, int, int],
    ) -> LinkImage:
        opacity = 1.0 - np.exp(-depth)
        mix = 0.5 + 0.5 * signed / np.maximum(depth, 1e-6)
        packed = (opacity * 255.0).astype(np.uint32)
        for high, low in zip(positive, negative, strict=True):
            packed <<= 8
            packed |= ((low + (high - low) * mix) * opacity).astype(np.uint32)
        pixels = np.zeros(self.width * self.height, np.uint32)
        pixels[self._touched] = packed
        return LinkImage(
            pixels.reshape(self.height, self.width), float(self.left), float(self.top), self.scale
        )
