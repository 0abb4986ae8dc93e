"""What a training leaves in a folder: the trained project and the history of its epochs."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from nnstudio.core import atomic, project
from nnstudio.core.model import FILE
from nnstudio.core.project import Project
from nnstudio.core.text import StudioError, mark
from nnstudio.engine.curve_picture import curve_png
from nnstudio.engine.history import Curves
from nnstudio.engine.named import state_of
from nnstudio.engine.trainer import Trainer

#: The columns of ``history.csv``.
COLUMNS = ("epoch", "step", "train_loss", "val_loss", "val_accuracy")  # and other figures


def make_folder(folder: str | Path) -> None:
    """See that a folder is there and can be written; raises ``StudioError``."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        trial = Path(folder) / ".nnstudio-trial"
        trial.touch()
        trial.unlink()
    except OSError as error:
        raise StudioError(
            mark("The folder “{name}” cannot be written: {reason}. Choose another."),
            name=str(folder)[:300],
            reason=error.strerror or str(error),
        ) from None


def save_training(
    trainer: Trainer,
    history: Sequence[tuple[float, ...]],
    folder: str | Path,
    figures: Sequence[Mapping[str, float]] = (),
) -> None:
    """Write ``model.nnst``, ``history.csv`` and ``curve.png``; raises ``StudioError`` if they
    cannot be. ``history`` has ``COLUMNS``, ``figures`` what else was measured at each line.
    """
    rows = list(history)
    state = state_of(trainer.program, trainer.keyframe(), _curves(rows))
    project.write(Path(folder) / FILE, Project(trainer.setup, trainer.data, state))
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    names = list(figures[0]) if figures else []
    writer.writerow([*COLUMNS, *names])
    more = figures or [{}] * len(rows)
    for row in [(*row, *(one[n] for n in names)) for row, one in zip(rows, more, strict=True)]:
        writer.writerow(
            [int(n) if place < 2 else "" if math.isnan(n) else f"{n:.6g}"
             for place, n in enumerate(row)]
        )  # fmt: skip
    atomic.write(Path(folder) / "history.csv", lines.getvalue().encode())
    _, steps, train, valid = list(zip(*rows, strict=True))[:4] if rows else ((), (), (), ())
    name = trainer.setup.name or trainer.data.name
    atomic.write(Path(folder) / "curve.png", curve_png(steps, train, valid, name))


def _curves(rows: list[tuple[float, ...]]) -> Curves | None:
    """The epochs' figures as a project keeps them; training accuracy was not measured."""
    if not rows:
        return None
    epoch, step, train, valid, right = np.array(rows, np.float64).T[:5]
    return Curves(step, epoch, train, valid, np.full(len(rows), np.nan), right)
