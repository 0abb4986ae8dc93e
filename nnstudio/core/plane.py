"""What all 2-D data sets share: points of the plane, noise, features, and the split.

A data set only draws its points; noise, training share and features act here, in one way for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnstudio.core.contracts import Dataset
from nnstudio.core.data import PLANE_FEATURES, PLANE_LIMIT, Data, Part, held, plane_features
from nnstudio.core.fields import integer, names, real
from nnstudio.core.sampling import BASE, NOISE, generator, split
from nnstudio.core.text import StudioError, mark

#: How each feature is written for people.
FEATURE_LABELS = {
    "x1": "x₁",
    "x2": "x₂",
    "x1^2": "x₁²",
    "x2^2": "x₂²",
    "x1*x2": "x₁x₂",
    "sin(x1)": mark("sin x₁"),
    "sin(x2)": mark("sin x₂"),
}

#: What each lets a network do, in plain words.
FEATURE_HELPS = {
    "x1": mark("x₁, how far right a point is: with x₂, all that there is to know of it."),
    "x2": mark("x₂, how far up a point is: with x₁, all that there is to know of it."),
    "x1^2": mark("x₁², how far from the vertical axis: left and right look the same."),
    "x2^2": mark("x₂², how far from the horizontal axis: above and below look the same."),
    "x1*x2": mark("x₁ · x₂, positive in two opposite quarters: it alone can part XOR."),
    "sin(x1)": mark("sin x₁, a wave from left to right: for patterns that repeat."),
    "sin(x2)": mark("sin x₂, a wave from bottom to top: for patterns that repeat."),
}

#: Classes by the colours that the window draws them in; generated sets have the first two.
COLOURS = (
    mark("orange"), mark("blue"), mark("purple"), mark("cyan"), mark("pink"), mark("brown"),
)  # fmt: skip
CLASSES = COLOURS[:2]


@dataclass(frozen=True)
class PlaneDataset(Dataset):
    """Points in [−6, 6]² with a class or a number each.

    Noise moves every point along a direction of its own, ``noise * spread`` times a standard
    normal draw far, and a point that would leave the plane is reflected at its edge. So a little
    more noise moves the same points a little further.
    """

    group: ClassVar[str] = "2-D"
    #: How far noise 1 moves a point (standard deviation, in units of the plane).
    spread: ClassVar[float] = 2.0

    points: int = integer(
        400, minimum=20, maximum=5000, step=20, label=mark("Points"),
        help=mark("How many points there are, for training and validation together."),
    )  # fmt: skip
    noise: float = real(
        0.1, minimum=0.0, maximum=0.5, step=0.01, label=mark("Noise"),
        help=mark("How far the points stray from the pattern."),
    )  # fmt: skip
    share: float = real(
        0.5, minimum=0.1, maximum=0.9, step=0.05, label=mark("Training share"),
        help=mark("The share of the points that the network learns from; the others validate it."),
    )  # fmt: skip
    features: tuple[str, ...] = names(
        ("x1", "x2"), PLANE_FEATURES, label=mark("Features"), labels=FEATURE_LABELS,
        help=mark("What the network sees of each point."),
    )  # fmt: skip
    seed: int = integer(
        1, minimum=0, maximum=2**31 - 1, label=mark("Seed"),
        help=mark("The same seed gives the same data."),
    )  # fmt: skip

    def draw(self, random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Points (count, 2) without noise, and their classes (0, 1) or numbers (count,)."""
        raise NotImplementedError

    def load(self) -> Data:
        """The data, made anew only if nobody holds it any more.

        Raises ``StudioError`` if no feature is on.
        """
        return held(self, self.make)

    def make(self) -> Data:
        """Draw, add noise, split, and compute the features."""
        if not self.features:
            raise StudioError(
                mark("{name} has no feature switched on. Switch on at least one, such as x₁."),
                name=self.label,
            )
        points, targets = self.draw(generator(self.seed, BASE), self.points)
        jitter = generator(self.seed, NOISE).standard_normal(points.shape)
        points = _reflect(points + self.noise * self.spread * jitter).astype(np.float32)
        targets = targets.astype(np.float32)[:, None]
        train, valid = split(self.points, self.share, self.seed)
        return Data(
            name=self.label,
            task=self.task,
            train=Part(plane_features(points[train], self.features), targets[train]),
            valid=Part(plane_features(points[valid], self.features), targets[valid]),
            classes=CLASSES if self.task == "classification" else (),
            feature_names=tuple(FEATURE_LABELS[name] for name in self.features),
            target_names=(mark("class"),) if self.task == "classification" else (mark("value"),),
            plane=self.features,
            points=points[train],
            valid_points=points[valid],
        )


def halves(count: int) -> np.ndarray:
    """Classes 0 and 1 in turn: (count,), as many of each as can be."""
    return np.arange(count) % 2


def _reflect(points: np.ndarray) -> np.ndarray:
    """Fold points beyond ±6 back inside, so that none pile up at the edge."""
    folded = np.where(
        np.abs(points) > PLANE_LIMIT, np.sign(points) * 2 * PLANE_LIMIT - points, points
    )
    return np.clip(folded, -PLANE_LIMIT, PLANE_LIMIT)
