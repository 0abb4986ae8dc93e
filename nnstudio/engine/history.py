"""The curves of a run, losses and figures of merit by step, in a fixed memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nnstudio.core.metrics import METRICS

CAPACITY = 4096
#: Figures of merit that are measured now and then, beside loss and accuracy.
FIGURES = tuple(name for name in METRICS if name != "accuracy")
#: Names of their curves: ``train_f1``, ``valid_f1`` ...
MORE = tuple(f"{part}_{name}" for name in FIGURES for part in ("train", "valid"))


@dataclass(frozen=True)
class Curves:
    """One run's curves: arrays of equal length; ``valid_*`` are NaN where not measured. ``more``
    has figures of merit by name (``valid_f1``), only those that were measured."""

    step: np.ndarray
    epoch: np.ndarray
    train_loss: np.ndarray
    valid_loss: np.ndarray
    train_accuracy: np.ndarray
    valid_accuracy: np.ndarray
    more: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, columns: Mapping[str, np.ndarray | None]) -> Curves | None:
        """Curves from columns by name, as far as they are such as curves have; None if one is
        missing or of another length. Names that mean nothing are left out."""
        found = {name: columns.get(name) for name in (*COLUMNS, *MORE)}
        sizes = {None if c is None else c.shape for name, c in found.items() if name in COLUMNS}
        if len(sizes) != 1 or None in sizes or len(next(iter(sizes)) or ()) != 1:
            return None
        known = {
            name: column for name, column in found.items()
            if column is not None and column.shape in sizes
        }  # fmt: skip
        more = {name: known.pop(name) for name in MORE if name in known}
        return cls(**known, more=more)

    def columns(self) -> dict[str, np.ndarray]:
        """Every column by name."""
        return {name: getattr(self, name) for name in COLUMNS} | dict(self.more)

    def get(self, name: str) -> np.ndarray | None:
        """A column by its name, None if it was never measured."""
        return getattr(self, name) if name in COLUMNS else self.more.get(name)

    def where(self, chosen: np.ndarray | slice) -> Curves:
        """Some of the points."""
        columns = {name: column[chosen] for name, column in self.columns().items()}
        made = Curves.of(columns)
        assert made is not None
        return made


COLUMNS = tuple(field.name for field in dataclasses.fields(Curves) if field.name != "more")


class History:
    """Collects points; when full, neighbours are averaged in pairs and twice as many steps make
    one point, so a run of any length keeps between half and the full capacity of points."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self._rows = np.full((capacity, len(COLUMNS)), np.nan)
        self._more: dict[str, np.ndarray] = {}  # made when first measured
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
        more: Mapping[str, float] | None = None,
    ) -> None:
        """Append one point."""
        if self._count == self.capacity:
            self._halve()
        self._rows[self._count] = (
            step, epoch, train_loss, valid_loss, train_accuracy, valid_accuracy,
        )  # fmt: skip
        self._count += 1
        self._note(more or {})

    def _note(self, more: Mapping[str, float]) -> None:
        """Figures of the last point."""
        for name, value in more.items():
            if name not in self._more:
                self._more[name] = np.full(self.capacity, np.nan)
            self._more[name][self._count - 1] = value

    def fill(self, columns: Mapping[str, np.ndarray]) -> None:
        """Take over curves by name, as far as they are such as ``Curves`` has."""
        curves = Curves.of(columns)
        if curves is None:
            return
        rows = np.stack([getattr(curves, name) for name in COLUMNS], 1)[-self.capacity :]
        self._count = len(rows)
        self._rows[: self._count] = rows
        self._rows[self._count :] = np.nan
        self._more = {}
        for name, column in curves.more.items():
            self._more[name] = np.full(self.capacity, np.nan)
            self._more[name][: self._count] = column[-self.capacity :]

    def complete(
        self, valid_loss: float, valid_accuracy: float, more: Mapping[str, float] | None = None
    ) -> None:
        """Give the last point its validation scores, measured after it was added."""
        if self._count:
            self._rows[self._count - 1, 3] = valid_loss
            self._rows[self._count - 1, 5] = valid_accuracy
            self._note(more or {})

    def _halve(self) -> None:
        half = self.capacity // 2
        for column in (self._rows, *self._more.values()):
            first, second = column[0 : 2 * half : 2], column[1 : 2 * half : 2]
            mean = (first + second) / 2
            # A value that was measured at one of the two points only is kept as it is.
            mean = np.where(np.isnan(first), second, np.where(np.isnan(second), first, mean))
            column[:half] = mean
            column[half:] = np.nan
        self._count = half

    def cut(self, step: int) -> None:
        """Forget everything after a step (the run was rewound)."""
        self._count = int(np.searchsorted(self._rows[: self._count, 0], step, side="right"))
        for column in (self._rows, *self._more.values()):
            column[self._count :] = np.nan

    def curves(self) -> Curves:
        """A copy of the curves so far."""
        rows = self._rows[: self._count].T.copy()
        more = {name: column[: self._count].copy() for name, column in self._more.items()}
        return Curves(rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], more)
