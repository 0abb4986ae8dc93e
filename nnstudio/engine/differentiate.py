"""Gradients of a network's output, or of its loss, by its input, its parameters and the values of
its nodes, apart from training."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnstudio.core.compiled import state as st
from nnstudio.core.network import Network
from nnstudio.engine import vm
from nnstudio.engine.memory import aligned
from nnstudio.engine.plan import COLUMNS, Judged, plan


class Differentiator:
    """A network planned forward and backward for up to ``batch`` examples at once.

    With ``dropping`` it computes as in training: dropout is on, keyed by ``seed`` and ``step``.
    Values and gradients of the nodes in ``keep`` can be read after a run. If it is ``judged``,
    the gradient is that of the loss: what ``run`` takes for output gradient are the targets.
    """

    def __init__(
        self,
        network: Network,
        batch: int,
        dropping: bool = False,
        keep: tuple[str, ...] = (),
        judged: Judged | None = None,
    ) -> None:
        self.network = network
        self.batch = batch
        self.program = plan(
            network, batch, differentiate=True, dropping=dropping, keep=keep, judged=judged
        )
        self._judged = judged is not None
        self._count = 0
        self._memory = aligned(self.program.size)
        for offset, value in self.program.constants:
            self._memory[offset] = value
        self._state = aligned(st.SIZE, np.int64)

    def run(
        self,
        parameters: Mapping[tuple[str, str], np.ndarray],
        x: np.ndarray,
        output_gradient: np.ndarray,
        *,
        seed: int = 0,
        step: int = 0,
    ) -> tuple[np.ndarray, np.ndarray, dict[tuple[str, str], np.ndarray]]:
        """Output (n, *output shape), gradient by the input (n, *shape), and by each trainable
        parameter, of Σ output · ``output_gradient``, for prepared float32 examples."""
        program, memory, n = self.program, self._memory, len(x)
        self._count = n
        for key, (offset, parameter) in program.parameters.items():
            memory[offset : offset + parameter.size] = np.ravel(parameters[key])
        self._put(program.input_place, x)
        self._put(
            program.target_place if self._judged else program.output_gradient, output_gradient
        )
        self._state[st.BATCH] = n
        self._state[st.SEED] = seed
        self._state[st.STEP] = step
        block = np.array([n, memory.ctypes.data, self._state.ctypes.data], np.int64)
        vm.predict(program.rows.ctypes.data, len(program.rows), COLUMNS, block.ctypes.data)
        offset, shape = program.values[self.network.output.id]
        output = self._take(offset, (n, *shape))
        by_input = self._take(program.input_gradient, x.shape)
        by_parameter = {
            key: self._take(offset + program.gradient_shift, parameter.shape)
            for key, (offset, parameter) in program.parameters.items()
            if parameter.trainable
        }
        return output, by_input, by_parameter

    @property
    def loss(self) -> float:
        """The mean loss of the last run, of a judged one."""
        return float(self._memory[self.program.loss_place]) / max(1, self._count)

    def value(self, node: str) -> np.ndarray:
        """What a kept node gave in the last run, (n, *shape)."""
        offset, shape = self.program.values[node]
        return self._take(offset, (self._count, *shape))

    def gradient(self, node: str) -> np.ndarray:
        """The gradient by a kept node's values in the last run, (n, *shape)."""
        _, shape = self.program.values[node]
        return self._take(self.program.gradients[node], (self._count, *shape))

    def _put(self, offset: int, values: np.ndarray) -> None:
        self._memory[offset : offset + values.size] = np.ravel(values)

    def _take(self, offset: int, shape: tuple[int, ...]) -> np.ndarray:
        if offset < 0:  # the output does not depend on it
            return np.zeros(shape, np.float32)
        return self._memory[offset : offset + int(np.prod(shape))].reshape(shape).copy()
