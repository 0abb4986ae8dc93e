"""A Setup: everything that decides a run — data, network, training settings — as one value.

Immutable, comparable, and plain JSON: undo swaps setups, a preset is a setup in a file.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from dataclasses import dataclass
from typing import Any

from nnstudio.core import fields, registry
from nnstudio.core.contracts import Dataset, Loss, Optimizer, Schedule
from nnstudio.core.fields import choice, flag, integer, real
from nnstudio.core.metrics import METRICS
from nnstudio.core.network import Network
from nnstudio.core.resources import resource
from nnstudio.core.text import StudioError, mark


@dataclass(frozen=True)
class Training:
    """How to train; every field can change while training runs."""

    learning_rate: float = real(
        0.03, minimum=0.0, maximum=100.0, logarithmic=True, label=mark("Learning rate"),
        help=mark("How far each step moves the weights against the gradient."),
        formula="w ← w − η g",
    )  # fmt: skip
    batch_size: int = integer(
        10, minimum=1, maximum=65536, label=mark("Batch size"),
        help=mark("How many examples make one step."),
        formula="g = (g₁ + … + g_B) / B",
    )  # fmt: skip
    l1: float = real(
        0.0, minimum=0.0, maximum=10.0, logarithmic=True, label=mark("L1"),
        help=mark("Pulls every weight towards zero by the same amount, so that few remain."),
        formula="L + λ Σ |w|",
    )  # fmt: skip
    l2: float = real(
        0.0, minimum=0.0, maximum=10.0, logarithmic=True, label=mark("L2"),
        help=mark("Pulls every weight towards zero in proportion to its size."),
        formula="L + ½ λ Σ w²",
    )  # fmt: skip
    epochs: int = integer(
        0, minimum=0, maximum=1_000_000_000, label=mark("Epochs"),
        help=mark("Stop after so many passes over the training data; 0 trains until Pause."),
    )  # fmt: skip
    seed: int = integer(
        1, minimum=0, maximum=2**31 - 1, label=mark("Seed"),
        help=mark("The same seed gives the same weights, batches and results."),
    )  # fmt: skip
    clip_norm: float = real(
        0.0, minimum=0.0, maximum=1e6, label=mark("Clip gradient norm"), zero=mark("off"),
        help=mark("Shortens a gradient that is longer than this; 0 does not."),
        formula="g ← g · min(1, c / ‖g‖)",
    )  # fmt: skip
    clip_value: float = real(
        0.0, minimum=0.0, maximum=1e6, label=mark("Clip gradient values"), zero=mark("off"),
        help=mark("Limits every number of the gradient to this size; 0 does not."),
        formula="g ← min(max(g, −c), c)",
    )  # fmt: skip
    max_norm: float = real(
        0.0, minimum=0.0, maximum=1e6, label=mark("Max-norm"), zero=mark("off"),
        help=mark("Limits the length of each unit's incoming weights; 0 does not."),
        formula="w ← w · min(1, c / ‖w‖)",
    )  # fmt: skip
    averaging: float = real(
        0.0, minimum=0.0, maximum=0.99999, label=mark("Weight averaging"), zero=mark("off"),
        help=mark("Predicts with a running mean of the weights; 0.999 is common, 0 does not."),
        formula="m ← a m + (1 − a) w",
    )  # fmt: skip
    watch: str = choice(
        "val_loss", lambda: ("val_loss", *METRICS), label=mark("Watch"),
        help=mark("The figure that early stopping and “keep the best” look at after each epoch."),
        labels={
            "val_loss": mark("Validation loss"), **{m.name: m.label for m in METRICS.values()},
        },
    )  # fmt: skip
    patience: int = integer(
        0, minimum=0, maximum=1_000_000, label=mark("Patience"), unit=mark("epochs"),
        zero=mark("off"),
        help=mark("Stops after so many epochs without a better figure; 0 does not."),
    )  # fmt: skip
    keep_best: bool = flag(
        False, label=mark("Keep the best"),
        help=mark("When training ends, the weights of the best epoch come back."),
    )  # fmt: skip
    loss: Loss | None = None
    optimizer: Optimizer | None = None
    schedule: Schedule | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        specs = {name: getattr(self, name) for name in ("loss", "optimizer", "schedule")}
        return {
            **fields.values_of(self),
            **{name: registry.to_json(spec) for name, spec in specs.items() if spec is not None},
        }

    @classmethod
    def from_json(cls, data: Any) -> Training:
        """The settings that ``to_json`` wrote."""
        if not isinstance(data, dict):
            raise StudioError(mark("Training settings must be an object."))
        bases = {"loss": Loss, "optimizer": Optimizer, "schedule": Schedule}
        plain = {name: value for name, value in data.items() if name not in bases}
        made = fields.build(cls, plain)
        specs = {n: registry.from_json(b, data[n]) for n, b in bases.items() if n in data}
        return dataclasses.replace(made, **specs)


@dataclass(frozen=True)
class Setup:
    """One run's data, network and training settings."""

    dataset: Dataset
    network: Network
    training: Training
    name: str = ""

    def with_network(self, network: Network) -> Setup:
        """The same with another network."""
        return dataclasses.replace(self, network=network)

    def with_training(self, **values: Any) -> Setup:
        """The same with some training settings changed; numbers are checked."""
        plain = {n: v for n, v in values.items() if n in fields.fields_of(Training)}
        specs = {n: v for n, v in values.items() if n not in plain}
        training = dataclasses.replace(fields.changed(self.training, **plain), **specs)
        return dataclasses.replace(self, training=training)

    def with_dataset(self, dataset: Dataset) -> Setup:
        """The same on other data; the network is not yet fitted to it."""
        return self if dataset is self.dataset else dataclasses.replace(self, dataset=dataset)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "name": self.name,
            "dataset": registry.to_json(self.dataset),
            "network": self.network.to_json(),
            "training": self.training.to_json(),
        }

    @classmethod
    def from_json(cls, data: Any) -> Setup:
        """The setup that ``to_json`` wrote; anything else raises ``StudioError``."""
        if not isinstance(data, dict) or not {"dataset", "network", "training"} <= set(data):
            raise StudioError(mark("A setup needs “dataset”, “network” and “training”."))
        return cls(
            registry.from_json(Dataset, data["dataset"]),
            Network.from_json(data["network"]),
            Training.from_json(data["training"]),
            str(data.get("name", ""))[:200],
        )


def preset_names() -> list[str]:
    """The presets that ship with the program, sorted."""
    return sorted(path.stem for path in resource("presets").glob("*.json"))


def preset(name: str) -> Setup:
    """A preset by its name; raises ``StudioError`` for an unknown one."""
    if name not in preset_names():
        raise StudioError(
            mark("There is no preset called “{name}”. Known are: {known}."),
            name=name[:60],
            known=", ".join(preset_names()),
        )
    return _shipped(name)


@functools.cache
def _shipped(name: str) -> Setup:
    # Kept: it cannot change, and an undo history of a thousand edits may hold it a hundred times.
    data = json.loads(resource("presets", f"{name}.json").read_text(encoding="utf-8"))
    return dataclasses.replace(Setup.from_json(data), name=name)
