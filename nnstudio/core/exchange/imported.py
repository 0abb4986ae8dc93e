"""What an importer found in a file, and what it could not read."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from nnstudio.core.text import StudioError

if TYPE_CHECKING:
    from nnstudio.core.network import Network


@dataclass(frozen=True)
class Remark:
    """Something at a line (0: at none) that was not read, and what that means."""

    line: int
    text: StudioError


@dataclass(frozen=True)
class Reading:
    """A network, the training settings that the file states (as ``Setup.with_training`` takes
    them), parameters if it has any, and remarks by line.

    ``task`` is what loss and output speak of: ``"classification"``, ``"regression"`` or ``""``.
    """

    network: Network
    training: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[tuple[str, str], np.ndarray] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    name: str = ""
    lines: tuple[int, ...] = ()  # the line that each node was read from, in the nodes' order

    def with_remarks(self, *more: Remark) -> Reading:
        """The same with more remarks, in the order of lines."""
        found = sorted((*self.remarks, *more), key=lambda remark: remark.line)
        return dataclasses.replace(self, remarks=tuple(found))
