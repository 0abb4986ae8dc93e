"""What is looked at: one example, one unit, one class. Views show it, and choosing it in one of
them makes all others follow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QObject, Signal

from nnstudio.core.data import Data, Part
from nnstudio.core.setup import Setup


class Example(NamedTuple):
    """A row of a part of the data: ``"train"`` or ``"valid"``."""

    part: str
    row: int


class Unit(NamedTuple):
    """A unit (a channel, for a convolution) of a layer; −1: the layer as a whole."""

    node: str
    number: int


def part_of(data: Data, name: str) -> Part:
    """A part by its name."""
    return data.train if name == "train" else data.valid


class Selection(QObject):
    """The chosen example (None without data), unit and class (None: none in particular)."""

    changed = Signal()

    def __init__(self, setup: Setup, data: Data, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data = data
        self._network = setup.network
        self.example: Example | None = None
        self.unit: Unit | None = None
        self.class_number: int | None = None
        self.adopt(setup, data)

    def adopt(self, setup: Setup, data: Data) -> None:
        """Keep what still exists in another setup and data."""
        if data is not self._data or self.example is None:
            self._data = data
            self.example = first_example(data)
            self.class_number = None
        self._network = setup.network
        if self.unit is not None and not self._exists(self.unit):
            self.unit = None

    def _exists(self, unit: Unit) -> bool:
        if unit.node not in self._network:
            return False
        shape = self._network.facts[unit.node].shape
        return shape is not None and unit.number < shape[-1]

    def choose_example(self, part: str, row: int) -> None:
        """Look at another example; one that does not exist is ignored."""
        if 0 <= row < len(part_of(self._data, part)) and self.example != (part, row):
            self.example = Example(part, row)
            self.changed.emit()

    def choose_unit(self, node: str, number: int = -1) -> None:
        """Look at another unit; one that does not exist is ignored."""
        unit = Unit(node, number)
        if self.unit != unit and self._exists(unit):
            self.unit = unit
            self.changed.emit()

    def choose_class(self, number: int | None) -> None:
        """Look at one class, or at none in particular."""
        if number is not None and not 0 <= number < len(self._data.classes):
            return
        if self.class_number != number:
            self.class_number = number
            self.changed.emit()

    def x(self) -> np.ndarray | None:
        """The chosen example as the network sees it, (1, *shape), if there is one."""
        if self.example is None:
            return None
        rows = part_of(self._data, self.example.part).x
        return self._data.prepared(rows[self.example.row : self.example.row + 1])


def first_example(data: Data) -> Example | None:
    """Where looking begins: the first validation example, else the first of training."""
    for name in ("valid", "train"):
        if len(part_of(data, name)):
            return Example(name, 0)
    return None
