"""What may be wrong with data before any training: leaks, copies, classes that hardly occur."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnstudio.core.data import Data, Part
from nnstudio.core.sources.columns import shorten
from nnstudio.core.text import mark, tr

#: Examples of a part that are looked at.
MOST_EXAMPLES = 200_000
#: A single input that explains this share of the target's variance gives it away.
GIVEAWAY = 0.995
#: The rarest class may be so many times rarer than the most frequent one.
IMBALANCE = 10.0


@dataclass(frozen=True)
class Caution:
    """A sentence for a person, with what it is about: ``kind`` is ``"copies"``, ``"giveaway"``,
    ``"imbalance"`` or ``"few"``; ``names`` are columns or classes."""

    kind: str
    template: str
    names: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence in the language in use."""
        return tr(self.template, **self.values)


def cautions(data: Data) -> tuple[Caution, ...]:
    """All that a person should know before trusting a score on this data."""
    found = [*_copies(data), *_giveaways(data), *_imbalance(data)]
    if len(data.valid) < 20:
        found.append(
            Caution(
                "few",
                mark("Only {count} examples validate, so the score is rough."),
                values={"count": len(data.valid)},
            )
        )
    return tuple(found)


def class_counts(data: Data) -> dict[str, np.ndarray]:
    """How many examples of each class (classes,) are in each part: train, valid and test."""
    parts = {"train": data.train, "valid": data.valid, "test": data.test}
    return {
        name: np.bincount(part.y[:, 0].astype(np.int64), minlength=len(data.classes))
        for name, part in parts.items()
        if part is not None
    }


def copies(data: Data) -> int:
    """How many validation (and test) examples also stand in the training part, input and target
    alike."""
    if data.plane is not None:
        return 0
    known = set(_rows(data.train))
    parts = [part for part in (data.valid, data.test) if part is not None]
    return sum(row in known for part in parts for row in _rows(part))


def _rows(part: Part) -> list[bytes]:
    """Each example as bytes."""
    count = min(len(part), MOST_EXAMPLES)
    x = np.ascontiguousarray(part.x[:count]).reshape(count, -1)
    y = np.ascontiguousarray(part.y[:count])
    return [a.tobytes() + b.tobytes() for a, b in zip(x, y, strict=True)]


def _copies(data: Data) -> list[Caution]:
    count = copies(data)
    if not count:
        return []
    held = len(data.valid) + (len(data.test) if data.test is not None else 0)
    return [
        Caution(
            "copies",
            mark(
                "{count} of {held} held-out examples also stand in the training part, so the score "
                "is too good. Remove copies, or split by groups."
            ),
            values={"count": f"{count:,}", "held": f"{held:,}"},
        )
    ]


def _giveaways(data: Data) -> list[Caution]:
    """Inputs that alone predict the target nearly perfectly."""
    if data.train.x.ndim != 2 or len(data.train) < 10 or data.plane is not None:
        return []
    step = max(1, len(data.train) // 20_000)
    x = data.train.x[::step].astype(np.float64)
    y = data.train.y[::step, 0].astype(np.float64)
    explained = _explained(x, y, len(data.classes))
    found = []
    for place in np.flatnonzero(explained > GIVEAWAY)[:5]:
        name = data.feature_names[place] if data.feature_names else str(place + 1)
        found.append(
            Caution(
                "giveaway",
                mark(
                    "“{name}” alone nearly decides “{target}”. If it is not known when predicting, "
                    "ignore that column."
                ),
                (name,),
                {
                    "name": shorten(name),
                    "target": shorten(data.target_names[0]) if data.target_names else "y",
                },
            )
        )
    return found


def _explained(x: np.ndarray, y: np.ndarray, classes: int) -> np.ndarray:
    """The share of the target's variance, or of each input's between classes, (inputs,)."""
    centred = x - x.mean(axis=0)
    total = (centred**2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        if not classes:
            goal = y - y.mean()
            shares = (centred.T @ goal) ** 2 / (total * (goal @ goal))
        else:
            between = np.zeros(x.shape[1])
            for number in range(classes):
                rows = centred[y == number]
                if len(rows):
                    between += len(rows) * rows.mean(axis=0) ** 2
            shares = between / total
    return np.nan_to_num(shares)


def _imbalance(data: Data) -> list[Caution]:
    if data.task != "classification" or not data.classes:
        return []
    counts = class_counts(data)["train"]
    rare, often = int(counts.argmin()), int(counts.argmax())
    if counts[often] <= IMBALANCE * max(1, counts[rare]):
        return []
    return [
        Caution(
            "imbalance",
            mark(
                "Class “{rare}” has {few} training examples, “{often}” has {many}: accuracy alone "
                "misleads. Weight the classes in the loss."
            ),
            (data.classes[rare], data.classes[often]),
            {
                "rare": shorten(data.classes[rare]),
                "few": f"{counts[rare]:,}",
                "often": shorten(data.classes[often]),
                "many": f"{counts[often]:,}",
            },
        )
    ]
