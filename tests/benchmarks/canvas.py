"""How the network canvas feels with large networks, while they train, in figures.

Pan and zoom: frames a second of a canvas that moves at every turn of the event loop. Edit: from
the edit to the painted canvas. Times of the window's own thread (processor) stand beside those of
the clock, because other work on the machine disturbs only the latter.
"""

from __future__ import annotations

import math
import os
import statistics
import sys
import time

from tests.turns import turn

EDITS = 12
SECONDS = 3.0


def deep(count=60):
    """A chain of so many small layers on the plane: 4 units each, drawn one by one."""
    return _chain([4] * (count - 2))


def linked(layers=9, units=16):
    """About 2,000 links: nine layers of sixteen units."""
    return _chain([units] * layers)


def _chain(sizes):
    from nnstudio.core.editing.mends import make
    from nnstudio.core.setup import preset

    setup = preset("two-spirals")
    network = setup.network
    network = network.remove([node.id for node in network.nodes[1:-1]])
    for size in reversed(sizes):
        layer = make("Dense.v1", units=size, activation="tanh")
        network, _ = network.insert_after(network.input.id, layer)
    return setup.with_network(network)


def _residual():
    from nnstudio.core.setup import preset

    return preset("mnist-resnet")


CASES = {"60 layers": deep, "2,000 links": linked, "residual net": _residual}


def measured(app, setup):
    """Frames a second of pan and zoom, and milliseconds of edits: clock and processor."""
    from PySide6.QtCore import QPointF

    from nnstudio.app.settings import Settings
    from nnstudio.app.studio import Studio
    from nnstudio.core.fitting import fit

    studio = Studio("two-spirals", None, Settings())
    studio.window.resize(1440, 900)
    studio.start()
    while not studio.session.ready:
        turn()
    data = studio.document.data
    if setup.dataset != studio.document.setup.dataset:
        data = setup.dataset.load()
    studio.document.open(fit(setup, data), data)
    studio.session.set_speed(None)
    canvas = studio.window.canvas
    canvas.fit()
    studio.session.play()
    _wait(app, 1.0)
    figures = {}
    for name in ("pan", "zoom"):
        frames, begin, cpu = 0, time.perf_counter(), time.thread_time()
        while time.perf_counter() - begin < SECONDS:
            if name == "pan":
                canvas.pan(QPointF(9 * math.sin(frames / 20), 2 * math.cos(frames / 20)))
            else:
                factor = 1.03 if frames // 25 % 2 == 0 else 1 / 1.03
                canvas.zoom(factor, QPointF(400, 200))
            canvas.repaint()
            turn()
            frames += 1
        figures[name] = (
            frames / (time.perf_counter() - begin), frames / (time.thread_time() - cpu)
        )  # fmt: skip
    canvas.fit()
    clock, processor = [], []
    nodes = [node.id for node in studio.document.setup.network.nodes[1:-1]]
    units = [name for name in nodes if canvas.by_id[name].adjustable]
    for number in range(EDITS):
        begin, cpu = time.perf_counter(), time.thread_time()
        if units:
            canvas.change_units(1 if number % 2 else -1, units[number % len(units)])
        else:
            canvas.add_layer("Dropout.v1")
        canvas.repaint()
        clock.append((time.perf_counter() - begin) * 1e3)
        processor.append((time.thread_time() - cpu) * 1e3)
        _wait(app, 0.1)
    figures["edit"] = (statistics.median(clock), statistics.median(processor), max(processor))
    assert not studio.bridge.failures, studio.bridge.failures
    studio.document.stack.clear()
    studio.close()
    return figures


def _wait(app, seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        turn()
        time.sleep(0.002)


def run():
    """Measure and print."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from rich.console import Console
    from rich.table import Table

    from nnstudio.app.main import application

    app = application(sys.argv[:1])
    table = Table("canvas, training", "pan, frames/s", "zoom, frames/s", "edit, ms (longest)")
    for name, made in CASES.items():
        found = measured(app, made())
        table.add_row(
            name,
            *(f"{found[k][0]:.0f} (processor {found[k][1]:.0f})" for k in ("pan", "zoom")),
            "{:.0f} (processor {:.0f}, longest {:.0f})".format(*found["edit"]),
        )
    Console().print(table)


if __name__ == "__main__":
    run()
