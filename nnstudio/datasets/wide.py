"""Ten classes with a thousand inputs: made-up wide data that shows what the engine can do."""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import Dataset
from nnstudio.core.data import Data, Part
from nnstudio.core.fields import integer, real
from nnstudio.core.registry import register
from nnstudio.core.sampling import BASE, NOISE, generator, stratified_split
from nnstudio.core.text import mark

CLASSES = 10
INPUTS = 1000
#: Standard deviation of the classes' means; two classes are about 6.7 noise widths apart.
DISTANCE = 0.15


@register("Wide.v1")
class Wide(Dataset):
    """Each class has a mean in 1000 dimensions; an example is its class's mean plus noise 1."""

    label = mark("Ten classes, 1000 inputs")
    help = mark("Generated numbers: a mean for each class plus noise.")
    group = "Tables"
    order = 2

    examples: int = integer(
        10_000, minimum=100, maximum=50_000, step=1000, label=mark("Examples"),
        help=mark("How many examples there are, for training and validation together."),
    )  # fmt: skip
    share: float = real(
        0.8, minimum=0.1, maximum=0.9, step=0.05, label=mark("Training share"),
        help=mark(
            "The share of the examples that the network learns from; the others validate it."
        ),
    )  # fmt: skip
    seed: int = integer(
        1, minimum=0, maximum=2**31 - 1, label=mark("Seed"),
        help=mark("The same seed gives the same data."),
    )  # fmt: skip

    def load(self) -> Data:
        """Draw the examples class by class, then split them."""
        means = generator(self.seed, BASE).normal(0, DISTANCE, (CLASSES, INPUTS))
        means = means.astype(np.float32)
        classes = np.arange(self.examples) % CLASSES
        random = generator(self.seed, NOISE)
        x = random.standard_normal((self.examples, INPUTS), dtype=np.float32)
        for number in range(CLASSES):
            x[number::CLASSES] += means[number]
        y = classes.astype(np.float32)[:, None]
        train, valid = stratified_split(classes, self.share, self.seed)
        return Data(
            name=self.label,
            task="classification",
            train=Part(x[train], y[train]),
            valid=Part(x[valid], y[valid]),
            classes=tuple(str(number) for number in range(CLASSES)),
            feature_names=tuple(f"x{number}" for number in range(1, INPUTS + 1)),
            target_names=(mark("class"),),
        )
