"""Where a training step's time goes: each row of a preset's tape, timed alone on one thread, in
the order of the tape, so that it finds in the caches what it would find there in training.

bench --rows mnist-cnn
"""

from __future__ import annotations

import time

import numpy as np
from rich.console import Console
from rich.table import Table

from nnstudio.core.compiled import state as st
from nnstudio.core.opening import load
from nnstudio.engine import vm
from nnstudio.engine.plan import COLUMNS
from nnstudio.engine.trainer import Trainer

REPEATS = 9


def rows(preset):
    """(kernel, milliseconds of CPU) of every row of a step, median of several."""
    setup, data = load(preset, None)
    trainer = Trainer(setup, data, 1)
    trainer.run(2)
    names = {kernel.address: kernel.name for kernel in trainer.program.kernels}
    program = trainer.program
    trainer.state[st.POSITION] = 0
    trainer.state[st.BATCH] = program.batch
    times = [[] for _ in program.rows]
    for _ in range(REPEATS):
        for first, end, begin, most in program.tasks:
            n = min(max(program.batch - begin, 0), most)
            block = np.array([n, trainer.memory.ctypes.data, trainer.state.ctypes.data], np.int64)
            for r in range(first, end):
                at = time.thread_time()
                address = program.rows.ctypes.data + int(r) * COLUMNS * 8
                vm.predict(address, 1, COLUMNS, block.ctypes.data)
                times[r].append(time.thread_time() - at)
    found = [
        (names[int(row[0])], 1000 * float(np.median(spent)))
        for row, spent in zip(program.rows, times, strict=True)
    ]
    trainer.close()
    return found


def main(preset):
    """Print the table."""
    found = rows(preset)
    total = sum(t for _, t in found)
    table = Table(title=f"{preset}: {total:.2f} ms of CPU a step")
    for title in ("row", "kernel", "ms", "share"):
        table.add_column(title, justify="left" if title == "kernel" else "right")
    for number, (name, t) in enumerate(found):
        if t > 0.003 * total:
            table.add_row(str(number), name, f"{t:.3f}", f"{t / total:.0%}")
    Console(width=100).print(table)
