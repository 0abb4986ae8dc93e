"""Loss and accuracy of a network on a part of the data."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from nnstudio.core.data import Data, Part
from nnstudio.core.metrics import metrics_for
from nnstudio.core.network import Network
from nnstudio.core.setup import Training
from nnstudio.engine.probe import Probe

if TYPE_CHECKING:
    from nnstudio.engine.trainer import Trainer

#: More validation examples than this are scored in rounds that fit the second-level cache.
ROUND = 2048
#: Rounds that are short enough to be left between two.
SMALL_ROUND = 256


def gives_logits(network: Network) -> bool:
    """Whether the output has had no softmax or sigmoid applied to it."""
    layer = network.output.layer
    last = getattr(layer, "activation", None) or getattr(layer, "name", "")
    return last not in ("softmax", "sigmoid")


def accuracy(output: np.ndarray, y: np.ndarray, logits: bool) -> float:
    """The share of right classes: ``output`` (n, classes) or (n, 1), ``y`` (n, 1) class numbers."""
    flat = output.reshape(len(output), -1)
    if flat.shape[1] == 1:
        said = (flat[:, 0] > (0.0 if logits else 0.5)).astype(np.int64)
    else:
        said = flat.argmax(axis=1)
    return float((said == y[:, 0].astype(np.int64)).mean())


def determination(output: np.ndarray, y: np.ndarray) -> float:
    """R², the share of the targets' variance that predictions explain (n, targets), mean over
    targets (Wright 1921); NaN if a target does not vary."""
    flat = output.reshape(y.shape).astype(np.float64)
    spread = ((y - y.mean(axis=0, dtype=np.float64)) ** 2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.mean(1 - ((y - flat) ** 2).sum(axis=0) / spread))


def predict(network: Network, data: Data, part: Part, probe: Probe) -> np.ndarray:
    """The network's output (n, *output shape) for a part that is not empty."""
    outputs = [
        probe.run(data.prepared(part.x[at : at + ROUND]))[network.output.id]
        for at in range(0, len(part), ROUND)
    ]
    return np.concatenate(outputs)


def figures(network: Network, data: Data, output: np.ndarray, part: Part) -> dict[str, float]:
    """The figures of merit that suit the data by name, but accuracy; numbers in the data's own
    units. ``output`` is what the network gives for the part; none if it does not suit the data."""
    target = part.y
    if data.task == "regression":
        if output.size != target.size:
            return {}
        output, target = data.in_units(output.reshape(target.shape)), data.in_units(target)
    elif output.size not in (len(part), len(part) * len(data.classes)):
        return {}
    logits = gives_logits(network)
    with np.errstate(all="ignore"):  # what diverges gives NaN, which is not drawn
        return {
            metric.name: metric.measure(output, target, logits, data.task)
            for metric in metrics_for(data.task) if metric.name != "accuracy"
        }  # fmt: skip


Judged = tuple[float, float, dict[str, float]]


def judge(
    network: Network, training: Training, data: Data, part: Part, output: np.ndarray, *, more: bool
) -> Judged:
    """Mean loss, accuracy (NaN for regression) and with ``more`` the other figures of merit, of an
    output (n, *output shape) for a part that is not empty. There must be a loss."""
    assert training.loss is not None
    logits = gives_logits(network)
    loss = training.loss.prepared(data).value(output, part.y, data.task, logits)
    right = accuracy(output, part.y, logits) if data.task == "classification" else math.nan
    return loss, right, figures(network, data, output, part) if more else {}


def judged(
    network: Network, training: Training, data: Data, part: Part, probe: Probe, *, more: bool
) -> Judged:
    """The same of a probe's parameters; NaN without examples or loss."""
    if len(part) == 0 or training.loss is None:
        return math.nan, math.nan, {}
    output = predict(network, data, part, probe)
    return judge(network, training, data, part, output, more=more)


def judged_in_rounds(
    trainer: Trainer, part: Part, wanted: Callable[[], bool], *, more: bool = True
) -> Judged | None:
    """The same, usually with all figures, in small rounds, given up (None) as soon as ``wanted``
    says that the thread is wanted for something else."""
    network, training, probe = trainer.setup.network, trainer.setup.training, trainer.probe()
    if len(part) == 0 or training.loss is None:
        return math.nan, math.nan, {}
    outputs = []
    for at in range(0, len(part), SMALL_ROUND):
        if wanted():
            return None
        piece = Part(part.x[at : at + SMALL_ROUND], part.y[at : at + SMALL_ROUND])
        outputs.append(predict(network, trainer.data, piece, probe))
    return judge(network, training, trainer.data, part, np.concatenate(outputs), more=more)


def measure(
    network: Network, training: Training, data: Data, part: Part, probe: Probe
) -> tuple[float, float]:
    """Mean loss, and accuracy (NaN for regression), of a probe's parameters on a part."""
    return judged(network, training, data, part, probe, more=False)[:2]


def score(trainer: Trainer, part: Part) -> tuple[float, float]:
    """Mean loss and accuracy of a trainer's present parameters."""
    probe = trainer.probe()
    return measure(trainer.setup.network, trainer.setup.training, trainer.data, part, probe)


def all_figures(
    trainer: Trainer, part: Part | None = None
) -> tuple[tuple[float, float], dict[str, float]]:
    """Loss and accuracy on a part (the validation part if not said), and every other figure of
    merit by the name of its curve (``valid_f1``), of the training part on an even selection of its
    examples."""
    network, training, data = trainer.setup.network, trainer.setup.training, trainer.data
    probe = trainer.probe()
    part = data.valid if part is None else part
    loss, right, valid = judged(network, training, data, part, probe, more=True)
    rows = np.linspace(0, len(data.train) - 1, min(len(data.train), ROUND)).astype(int)
    some = Part(data.train.x[rows], data.train.y[rows])
    train = judged(network, training, data, some, probe, more=True)[2]
    found = {f"valid_{name}": value for name, value in valid.items()}
    return (loss, right), found | {f"train_{name}": value for name, value in train.items()}
