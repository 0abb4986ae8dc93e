"""Pictures of every view with data that suits it and with data that does not, to be looked at.

    python -m tests.benchmarks.views FOLDER

Each view is fed what a short training gave, at the size that it has in a window, in the light and
the dark theme: FOLDER/light/digits/saliency.png.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import nnstudio  # noqa: F401  (sets BLAS to one thread before NumPy is imported)
from tests.app.panels.fakes import view_of

#: What is trained, with which data set in place of the preset's, and for how many steps.
CASES = {
    "plane": ("two-spirals", None, 4000),
    "digits": ("mnist-cnn", {"train_examples": 3000, "valid_examples": 600}, 50),
    "numbers": ("regression", None, 500),
    "table": ("iris.csv", None, 200),
}
SIZE = (430, 280)
#: A view that goes on over several measures gets so many, or so many seconds.
MEASURES, PATIENCE = 60, 6.0


def trained(name):
    """Setup, data, snapshot values and curves after a short training, and the session."""
    from nnstudio.core import fields
    from nnstudio.core.fitting import fit
    from nnstudio.core.opening import load
    from nnstudio.core.resources import resource
    from nnstudio.engine.session import Session

    what, values, steps = CASES[name]
    path = resource("datasets", "tables", what)
    setup, data = load(str(path) if path.exists() else what, None)
    if values:
        dataset = fields.changed(setup.dataset, **values)
        data = dataset.load()
        setup = fit(setup.with_dataset(dataset), data)
    session = Session(2)
    session.load(setup.with_training(epochs=0), data)
    session.start()
    while not session.ready:
        time.sleep(0.05)
    session.step(steps)
    while session.latest.step < steps or session.latest.running:
        time.sleep(0.05)
    return setup, data, session


def pictures(app, folder):
    """Write them all."""
    from nnstudio.app import theme
    from nnstudio.app.docks.panel_export import png
    from nnstudio.app.document import Document
    from nnstudio.app.panel import panels

    for name in CASES:
        setup, data, session = trained(name)
        latest = session.latest
        values = {f: getattr(latest, f) for f in vars(latest) if f != "parameters"}
        view = view_of(setup, data, latest.parameters, session.curves(), **values)
        for look in ("light", "dark"):
            theme.apply(app, look)
            for cls in panels():
                panel = cls(Document(setup, data), session)
                panel.resize(*SIZE)
                panel.show()
                begin = time.perf_counter()
                for _ in range(MEASURES if cls.settles else 2):
                    result = panel.measure(view, panel.request())
                    if result is not None:
                        panel.display(result)
                    app.processEvents()
                    if time.perf_counter() - begin > PATIENCE:
                        break
                path = Path(folder) / look / name / f"{cls.name}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(png(panel))
                print(f"{look:5} {name:8} {cls.name:14} {panel.summary()}")
                panel.close()
        session.close()


def main():
    """Write pictures into the folder that is named."""
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    pictures(app, sys.argv[1])


if __name__ == "__main__":
    main()
