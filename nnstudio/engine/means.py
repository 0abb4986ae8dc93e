"""Running means of a training's loss, accuracy and speed, for the figures in the window."""

from __future__ import annotations

import math

import numpy as np


class Means:
    """Running means of loss, accuracy and speed."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self.loss = math.nan
        self.accuracy = math.nan
        self.steps_per_second = 0.0
        self._loss_sum = 0.0
        self._right_sum = 0.0
        self._count = 0
        self._seen = 0
        self._window: list[tuple[float, int]] = []

    @property
    def pending(self) -> bool:
        """Whether there are steps that no point of the curves stands for yet."""
        return self._count > 0

    def add(self, losses: np.ndarray, right: np.ndarray, seconds: float, now: float) -> None:
        """Take in one chunk."""
        n = len(losses)
        if n == 0:
            return
        self._loss_sum += float(losses.sum(dtype=np.float64))
        self._right_sum += float(right.sum(dtype=np.float64))
        self._count += n
        # The shown loss follows about a quarter of the steps so far, from ten to a hundred of them,
        # or the last chunk if that is more.
        self._seen += n
        share = min(1.0, n / min(100.0, max(10.0, self._seen / 4)))
        self.loss = self._blend(self.loss, float(losses.mean(dtype=np.float64)), share)
        self.accuracy = self._blend(self.accuracy, float(right.mean(dtype=np.float64)), share)
        self._window.append((now, n))
        while len(self._window) > 2 and now - self._window[0][0] > 1.0:
            self._window.pop(0)
        elapsed = now + seconds - self._window[0][0]
        self.steps_per_second = sum(count for _, count in self._window) / max(elapsed, 1e-6)

    def restart(self, losses: np.ndarray, right: np.ndarray) -> None:
        """Count only these steps towards the next point of the curves."""
        self._loss_sum = float(losses.sum(dtype=np.float64))
        self._right_sum = float(right.sum(dtype=np.float64))
        self._count = len(losses)

    @staticmethod
    def _blend(old: float, new: float, share: float) -> float:
        return new if math.isnan(old) or math.isnan(new) else old + (new - old) * share

    def take(self) -> tuple[float, float]:
        """Mean loss and accuracy since the last call."""
        if not self._count:
            return self.loss, self.accuracy
        result = (self._loss_sum / self._count, self._right_sum / self._count)
        self._loss_sum = self._right_sum = 0.0
        self._count = 0
        return result
