"""A session that trains nothing but remembers what it was told."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

from nnstudio.app.document import Document
from nnstudio.core.fitting import fit
from nnstudio.core.setup import preset
from nnstudio.engine.history import Curves, History
from nnstudio.engine.runs import Runs
from nnstudio.engine.view import Snapshot


def snapshot(**values: Any) -> Snapshot:
    """A snapshot of nothing in particular."""
    usual: dict[str, Any] = {
        "sequence": 1,
        "generation": 1,
        "step": 0,
        "epoch": 0,
        "running": False,
        "finished": False,
        "parameters": {},
        "train_loss": math.nan,
        "valid_loss": math.nan,
        "train_accuracy": math.nan,
        "valid_accuracy": math.nan,
        "steps_per_second": 0.0,
        "examples_per_second": 0.0,
        "progress": None,
        "seconds_left": None,
        "learning_rate": 0.03,
        "error": None,
    }
    return Snapshot(**{**usual, **values})


class FakeSession:
    """What the window sees of a session. ``told`` lists the commands in order."""

    alive = False

    ready = True
    preparing = False
    settled = True
    warmth = SimpleNamespace(progress=1.0, complete=True)
    memory_bytes = 1212
    threads_used = 1

    def __init__(self) -> None:
        self.latest: Snapshot | None = None
        self.playing = False
        self.runs = Runs()
        self.told: list[tuple[Any, ...]] = []

    def load(self, setup: Any, data: Any, keep: bool = True) -> None:
        self.told.append(("load", setup.name, keep))

    def play(self) -> None:
        self.playing = True
        self.told.append(("play",))

    def pause(self) -> None:
        self.playing = False
        self.told.append(("pause",))

    def step(self, steps: int = 1) -> None:
        self.told.append(("step", steps))

    def step_epoch(self) -> None:
        self.told.append(("step_epoch",))

    def reset(self) -> None:
        self.playing = False
        self.told.append(("reset",))

    def set_threads(self, threads: int) -> None:
        self.told.append(("threads", threads))

    def set_speed(self, speed: float | None) -> None:
        self.told.append(("speed", speed))

    def set_parameter(self, *place: Any) -> None:
        self.told.append(("set", *place))

    def curves(self) -> Curves:
        return History().curves()  # nothing is trained here


def document(name: str = "two-spirals") -> Document:
    """A preset with its data."""
    setup = preset(name)
    data = setup.dataset.load()
    return Document(fit(setup, data), data)
