"""The probe: runs a network forward on any input with given parameters, apart from training."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar

import numpy as np

from nnstudio.core.compiled import state as st
from nnstudio.core.network import Network
from nnstudio.engine import vm
from nnstudio.engine.memory import aligned
from nnstudio.engine.plan import COLUMNS, Program, plan

Kept = TypeVar("Kept")

#: Plans that are kept for callers.
MOST_KEPT = 12
#: Floats of activations that a probe's arena may hold; larger inputs run in several rounds.
ARENA_FLOATS = 4_000_000


class Probe:
    """A network, planned for prediction. Not thread-safe: one thread at a time uses it."""

    def __init__(self, network: Network, most: int = 4096) -> None:
        widest = sum(int(np.prod(facts.shape)) for facts in network.facts.values() if facts.shape)
        self.network = network
        self.batch = max(1, min(most, ARENA_FLOATS // max(1, widest)))
        self._programs: dict[frozenset[str], tuple[Program, np.ndarray]] = {}
        self._parameters: Mapping[tuple[str, str], np.ndarray] = {}
        self._version = 0
        self._loaded: dict[frozenset[str], int] = {}
        self._state = aligned(st.SIZE, np.int64)
        self._kept: dict[Hashable, Any] = {}
        self._shared: dict[Hashable, Any] = {}

    @property
    def parameters(self) -> Mapping[tuple[str, str], np.ndarray]:
        """What was loaded last."""
        return self._parameters

    def kept(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What a caller made for this network before, or makes now: plans cost milliseconds."""
        if key not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = make()
        found: Kept = self._kept[key]
        return found

    def shared(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What was made for a key since the parameters were loaded, or is made now."""
        if key not in self._shared:
            self._shared[key] = make()
        found: Kept = self._shared[key]
        return found

    def load(self, parameters: Mapping[tuple[str, str], np.ndarray]) -> None:
        """Use these parameters from now on; they are read at the next ``run``."""
        self._parameters = parameters
        self._version += 1
        self._shared.clear()

    def _program(self, nodes: frozenset[str]) -> tuple[Program, np.ndarray]:
        if nodes not in self._programs:
            program = plan(self.network, self.batch, keep=tuple(nodes))
            memory = aligned(program.size)
            for offset, value in program.constants:
                memory[offset] = value
            self._programs[nodes] = (program, memory)
        program, memory = self._programs[nodes]
        if self._loaded.get(nodes) != self._version:
            for key, (offset, parameter) in program.parameters.items():
                memory[offset : offset + parameter.size] = self._parameters[key].ravel()
            self._loaded[nodes] = self._version
        return program, memory

    def run(self, x: np.ndarray, nodes: Iterable[str] | None = None) -> dict[str, np.ndarray]:
        """Outputs of nodes (default: the last) for prepared float32 examples (n, *shape)."""
        wanted = list(nodes) if nodes is not None else [self.network.output.id]
        program, memory = self._program(frozenset(wanted))
        count = len(x)
        flat = np.ascontiguousarray(x, np.float32).reshape(count, -1)
        shapes = {name: program.values[name] for name in wanted}
        result = {
            name: np.empty((count, *shape), np.float32) for name, (_, shape) in shapes.items()
        }
        size = flat.shape[1]
        block = np.zeros(4, np.int64)
        for begin in range(0, count, self.batch):
            part = flat[begin : begin + self.batch]
            n = len(part)
            memory[program.input_place : program.input_place + n * size] = part.ravel()
            block[:3] = n, memory.ctypes.data, self._state.ctypes.data
            vm.predict(program.rows.ctypes.data, len(program.rows), COLUMNS, block.ctypes.data)
            for name, (offset, shape) in shapes.items():
                width = int(np.prod(shape))
                result[name][begin : begin + n] = memory[offset : offset + n * width].reshape(
                    n, *shape
                )
        return result
