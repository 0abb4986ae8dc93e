"""The probe: runs a network forward on any input with given parameters, apart from training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from nnstudio.core import state as st
from nnstudio.core.network import Network
from nnstudio.engine import vm
from nnstudio.engine.memory import aligned
from nnstudio.engine.plan import COLUMNS, Program, plan

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

    def load(self, parameters: Mapping[tuple[str, str], np.ndarray]) -> None:
        """Use these parameters from now on; they are read at the next ``run``."""
        self._parameters = parameters
        self._version += 1

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
