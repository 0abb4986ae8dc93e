"""What decides how training goes on, and how it begins."""

from __future__ import annotations

import dataclasses
import zlib
from dataclasses import dataclass

import numpy as np

from nnstudio.core.contracts import initializer
from nnstudio.core.network import Network
from nnstudio.core.setup import Setup
from nnstudio.engine.watch import Watch

#: Where a parameter is: node id and name.
Key = tuple[str, str]


#: Bytes that Python needs for a keyframe beside its arrays.
OVERHEAD = 600


@dataclass(frozen=True, slots=True)
class Keyframe:
    """All that decides how training goes on: parameters, optimizer slots and counters, the running
    means of the weights, and what early stopping has seen."""

    parameters: np.ndarray
    slots: np.ndarray
    counters: tuple[int, int, int, int]  # step, epoch, position, updates
    schedule: tuple[float, ...] = (1.0,)  # what the schedule remembers
    average: np.ndarray = dataclasses.field(default_factory=lambda: np.empty(0, np.float32))
    watch: Watch = dataclasses.field(default_factory=Watch)

    @property
    def step(self) -> int:
        """Steps done."""
        return self.counters[0]

    @property
    def nbytes(self) -> int:
        """What it takes; weights that “keep the best” holds are shared by many and count once,
        with whoever counts them."""
        return self.parameters.nbytes + self.slots.nbytes + self.average.nbytes + OVERHEAD


def initial_parameters(network: Network, seed: int) -> dict[Key, np.ndarray]:
    """The seed's initial values; each parameter's depend on seed, node and name alone, so an edit
    elsewhere does not change them."""
    values = {}
    for node in network.nodes:
        for p in network.facts[node.id].parameters:
            stream = zlib.crc32(f"{node.id}/{p.name}".encode())
            random = np.random.Generator(np.random.Philox(key=(seed << 32) | stream))
            values[node.id, p.name] = initializer(p.initializer).fill(p, random)
    return values


def schedule_memory(setup: Setup) -> tuple[float, ...]:
    """What the schedule remembers before it has seen anything."""
    schedule = setup.training.schedule
    return schedule.start if schedule is not None else (1.0,)
