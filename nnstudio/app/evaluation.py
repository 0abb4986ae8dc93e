"""The predictions that several views look at: a part's probabilities or values, once a snapshot."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from nnstudio.analysis.probability import class_probabilities
from nnstudio.core.data import Data
from nnstudio.core.text import mark
from nnstudio.engine.scoring import gives_logits
from nnstudio.engine.view import View

NEEDS_CLASSES = mark("This view needs classes. The present data has numbers as targets.")
NO_FIT = mark("The network’s output does not suit the data’s classes yet.")

#: So many examples are predicted at most, evenly chosen; fewer while others are soon to come.
MOST, IN_PASSING = 4000, 600
#: Seconds of work in each second that views of predictions may cost while training goes on.
SHARE = 0.02
ROUND = 512


@dataclass(frozen=True)
class Evaluation:
    """``rows`` of a part, with ``output`` (n, outputs) and ``target`` (n, targets); for classes
    also probabilities (n, classes) and the true class (n,)."""

    part: str
    rows: np.ndarray
    output: np.ndarray
    target: np.ndarray
    probabilities: np.ndarray | None
    truth: np.ndarray | None
    seconds: float = 0.0  # of work that it took; 0 while training rests

    @property
    def said(self) -> np.ndarray:
        """The likeliest class of each example."""
        assert self.probabilities is not None
        return self.probabilities.argmax(1)


def even_rows(count: int, most: int) -> np.ndarray:
    """All rows, or so many evenly chosen ones."""
    if count <= most:
        return np.arange(count)
    return np.linspace(0, count - 1, most).astype(int)


def default_part(data: Data) -> str:
    """Validation, if there is any."""
    return "valid" if len(data.valid) else "train"


def paced(rate: float, evaluation: Evaluation) -> float:
    """How often a second a view may ask for evaluations such as this one."""
    return min(rate, SHARE / max(evaluation.seconds, 1e-6))


def evaluate(view: View, part: str = "", most: int = 0) -> Evaluation | None:
    """Predict a part; None if it is empty, or if the network's output does not suit the data.

    Views that ask for the same of one snapshot share the work.
    """
    data = view.data
    part = part or default_part(data)
    passing = view.snapshot.running or view.snapshot.passing
    most = most or (IN_PASSING if passing else MOST)
    found = getattr(data, "train" if part == "train" else "valid")
    rows = even_rows(len(found), most)
    if len(rows) == 0:
        return None
    made: Evaluation | None = view.shared(
        ("evaluation", part, most), lambda: _made(view, part, rows)
    )
    return made


def _made(view: View, part: str, rows: np.ndarray) -> Evaluation | None:
    data = view.data
    found = data.train if part == "train" else data.valid
    begin = time.thread_time()
    outputs = [
        view.predict(data.prepared(found.x[rows[at : at + ROUND]])).reshape(
            len(rows[at : at + ROUND]), -1
        )
        for at in range(0, len(rows), ROUND)
    ]
    output, target = np.concatenate(outputs), found.y[rows]
    seconds = time.thread_time() - begin if view.snapshot.running else 0.0
    if data.task != "classification":
        if output.shape[1] != target.shape[1]:
            return None
        return Evaluation(part, rows, output, target, None, None, seconds)
    probabilities = class_probabilities(output, gives_logits(view.setup.network))
    if probabilities.shape[1] != len(data.classes):
        return None
    truth = target[:, 0].astype(int)
    return Evaluation(part, rows, output, target, probabilities, truth, seconds)
