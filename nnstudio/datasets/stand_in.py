"""Stand-in data: generated examples of any shape, for a network that came without its data."""

from __future__ import annotations

import math

import numpy as np

from nnstudio.core.contracts import Dataset, Shape
from nnstudio.core.data import Data, Part
from nnstudio.core.fields import choice, integer, sizes
from nnstudio.core.registry import register
from nnstudio.core.sampling import BASE, NOISE, generator, split
from nnstudio.core.text import StudioError, mark

#: The most numbers of all examples together.
MOST_NUMBERS = 50_000_000
#: How far the classes' means are apart, in deviations of the noise.
DISTANCE = 4.0


@register("StandIn.v1")
class StandIn(Dataset):
    """Classes have a mean each; numbers are a smooth function of a few directions."""

    label = mark("Stand-in data")
    help = mark("Generated examples of the network's shape, until you choose your own data.")
    group = "Tables"
    own = True  # comes with a network, and is not chosen from a list
    order = 90

    shape: Shape = sizes(
        (8,), maximum=100_000, label=mark("Shape"),
        help=mark("How many numbers one example has, by axis."),
    )  # fmt: skip
    outputs: int = integer(
        2, minimum=1, maximum=1000, label=mark("Classes or targets"),
        help=mark("How many classes there are, or how many numbers to predict."),
    )  # fmt: skip
    problem: str = choice(
        "classification", ("classification", "regression"), label=mark("Problem"),
        help=mark("Whether the target is a class or a number."),
        labels={"classification": mark("Classification"), "regression": mark("Regression")},
    )  # fmt: skip
    examples: int = integer(
        1000, minimum=20, maximum=50_000, label=mark("Examples"),
        help=mark("How many examples there are, for training and validation together."),
    )  # fmt: skip
    seed: int = integer(
        1, minimum=0, maximum=2**31 - 1, label=mark("Seed"),
        help=mark("The same seed gives the same data."),
    )  # fmt: skip

    def load(self) -> Data:
        """Draw and split; raises ``StudioError`` if there would be too many numbers."""
        size = math.prod(self.shape)
        count = min(self.examples, max(20, MOST_NUMBERS // max(1, size)))
        if count * size > MOST_NUMBERS:
            raise StudioError(
                mark(
                    "One example would have {count} numbers; the most is {most}. Make it smaller."
                ),
                count=f"{size:,}",
                most=f"{MOST_NUMBERS // 20:,}",
            )
        base = generator(self.seed, BASE)
        x = generator(self.seed, NOISE).standard_normal((count, size), dtype=np.float32)
        classify = self.problem == "classification"
        classes = max(2, self.outputs) if classify else 0
        if classify:
            means = base.standard_normal((classes, size)).astype(np.float32)
            means *= DISTANCE / np.sqrt((means * means).sum(axis=1, keepdims=True))
            number = np.arange(count) % classes
            x += means[number]
            y = number.astype(np.float32)[:, None]
        else:
            directions = base.standard_normal((size, self.outputs)).astype(np.float32)
            y = np.sin(x @ (directions / np.float32(math.sqrt(size)))).astype(np.float32)
        x = x.reshape(count, *self.shape)
        train, valid = split(count, 0.8, self.seed)
        names = tuple(f"x{n}" for n in range(1, size + 1)) if len(self.shape) == 1 else ()
        return Data(
            name=self.label,
            task=self.problem,
            train=Part(x[train], y[train]),
            valid=Part(x[valid], y[valid]),
            classes=tuple(str(n) for n in range(classes)),
            feature_names=names,
            target_names=(mark("class"),) if classify else tuple(
                f"y{n}" for n in range(1, self.outputs + 1)
            ),
        )  # fmt: skip
