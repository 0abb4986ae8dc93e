"""The curves of a run, losses and accuracies by step, in a fixed memory whatever its length."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

CAPACITY = 4096


@dataclass(frozen=True)
class Curves:
    """One run's curves: arrays of equal length; ``valid_*`` are NaN where not measured."""

    step: np.ndarray
    epoch: np.ndarray
    train_loss: np.ndarray
    valid_loss: np.ndarray
    train_accuracy: np.ndarray
    valid_accuracy: np.ndarray


class History:
    """Collects points; when full, neighbours are averaged in pairs and twice as many steps make
    one point, so a run of any length keeps between half and the full capacity of points."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self._rows = np.full((capacity, 6), np.nan)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(
        self,
        step: int,
        epoch: float,
        train_loss: float,
        valid_loss: float,
        train_accuracy: float,
        valid_accuracy: float,
    ) -> None:
        """Append one point."""
        if self._count == self.capacity:
            self._halve()
        self._rows[self._count] = (
            step, epoch, train_loss, valid_loss, train_accuracy, valid_accuracy,
        )  # fmt: skip
        self._count += 1

    def fill(self, columns: dict[str, np.ndarray]) -> None:
        """Take over curves by name, as far as they are such as ``Curves`` has."""
        wanted = [columns.get(field.name) for field in dataclasses.fields(Curves)]
        if any(column is None or column.ndim != 1 for column in wanted):
            return
        rows = np.stack([column for column in wanted if column is not None], 1)
        rows = rows[-self.capacity :]
        self._count = len(rows)
        self._rows[: self._count] = rows
        self._rows[self._count :] = np.nan

    def complete(self, valid_loss: float, valid_accuracy: float) -> None:
        """Give the last point its validation scores, measured after it was added."""
        if self._count:
            self._rows[self._count - 1, 3] = valid_loss
            self._rows[self._count - 1, 5] = valid_accuracy

    def _halve(self) -> None:
        half = self.capacity // 2
        first, second = self._rows[0 : 2 * half : 2], self._rows[1 : 2 * half : 2]
        mean = (first + second) / 2
        # A value that was measured at one of the two points only is kept as it is.
        mean = np.where(np.isnan(first), second, np.where(np.isnan(second), first, mean))
        self._rows[:half] = mean
        self._rows[half:] = np.nan
        self._count = half

    def cut(self, step: int) -> None:
        """Forget everything after a step (the run was rewound)."""
        self._count = int(np.searchsorted(self._rows[: self._count, 0], step, side="right"))
        self._rows[self._count :] = np.nan

    def curves(self) -> Curves:
        """A copy of the curves so far."""
        rows = self._rows[: self._count].T.copy()
        return Curves(rows[0], rows[1], rows[2], rows[3], rows[4], rows[5])
