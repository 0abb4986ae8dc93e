"""``nnstudio try``: open the window, train for a moment, close, and say how that went."""

from __future__ import annotations

import argparse
import json
import sys
import time
from types import TracebackType

from nnstudio.core.text import mark, tr

HELP = mark("open the window, train for a moment, close it, and say as JSON how that went")


def declare(parser: argparse.ArgumentParser) -> None:
    """What to train, and for how long."""
    parser.add_argument("--preset", default="two-spirals", help=tr("a preset or a CSV file"))
    parser.add_argument("--seconds", type=float, default=1.0, help=tr("train so long"))


def run(options: argparse.Namespace) -> int:
    """Do it; the exit status is 0 if all went well."""
    begin = time.perf_counter()
    from nnstudio.app.main import application, do_without_display

    do_without_display()
    app = application(sys.argv[:1])
    from nnstudio.app.panel import panels
    from nnstudio.app.settings import Settings
    from nnstudio.app.studio import Studio
    from nnstudio.core import contracts, registry
    from nnstudio.core.compiled import jit

    faults: list[str] = []
    told_of = sys.excepthook

    def raised(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        faults.append(repr(error))
        told_of(kind, error, trace)

    sys.excepthook = raised
    studio = Studio(options.preset, None, Settings())
    painted: list[float] = []

    def note() -> None:
        painted.append(time.time())

    studio.first_paint.painted.connect(note)
    studio.start()

    def pump(until: float, done: object = None) -> None:
        while time.perf_counter() < until and not (callable(done) and done()):
            app.processEvents()
            time.sleep(0.002)

    pump(time.perf_counter() + 60, lambda: studio.session.ready)
    ready = time.perf_counter() - begin
    studio.session.play()
    pump(time.perf_counter() + options.seconds)
    latest = studio.session.latest
    pump(time.perf_counter() + 60, lambda: studio.session.warmth.complete)
    kinds = ("Layer", "Loss", "Optimizer", "Schedule", "Initializer", "Dataset", "Exporter")
    counts = {
        kind.lower(): len(registry.table(getattr(contracts, kind)))
        for kind in kinds
        if hasattr(contracts, kind)
    }
    counts["panel"] = len(panels())
    counts["feature"] = len(studio.window.features)
    told = {
        "painted": painted[0] if painted else None,  # on the clock of whoever started the program
        "ready_s": round(ready, 3),
        "steps": 0 if latest is None else latest.step,
        "compiled": len(jit.compiled) + studio.session.warmth.compiled_elsewhere,
        "registry": counts,
    }
    faults += [repr(error) for error in studio.bridge.failures]
    studio.close()
    sys.stdout.write(json.dumps(told | {"faults": faults}) + "\n")
    return int(bool(faults))
