"""Whether probabilities mean what they say: of examples said with 80 %, are 80 % right?

Expected calibration error as in Guo, Pleiss, Sun and Weinberger (2017).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Calibration:
    """For each bin of equal width from 0 to 1: how many examples, their mean probability and the
    share that occurred (NaN in empty bins); and the means over all."""

    edges: np.ndarray
    counts: np.ndarray
    said: np.ndarray
    occurred: np.ndarray
    error: float  # expected calibration error
    worst: float  # the largest gap of a bin
    brier: float  # mean squared difference


def calibrate(occurred: np.ndarray, probability: np.ndarray, bins: int = 10) -> Calibration:
    """Compare probabilities (n,) with what occurred (n,), 0 or 1."""
    probability = np.asarray(probability, float)
    occurred = np.asarray(occurred, float)
    edges = np.linspace(0, 1, bins + 1)
    at = np.clip(np.searchsorted(edges[1:-1], probability, side="left"), 0, bins - 1)
    counts = np.bincount(at, minlength=bins)
    with np.errstate(invalid="ignore", divide="ignore"):
        said = np.bincount(at, probability, bins) / counts
        share = np.bincount(at, occurred, bins) / counts
    gaps = np.abs(np.nan_to_num(said - share))
    total = max(1, len(probability))
    return Calibration(
        edges,
        counts,
        said,
        share,
        float((gaps * counts).sum() / total),
        float(gaps.max(initial=0.0)),
        float(((probability - occurred) ** 2).mean()) if len(probability) else float("nan"),
    )
