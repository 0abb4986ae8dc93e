"""What losses share: whether an output suits the targets, and outputs as probabilities."""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import Shape
from nnstudio.core.data import Data
from nnstudio.core.text import StudioError, mark


def check_values(output: Shape, data: Data) -> None:
    """Raise ``StudioError`` unless the output has as many numbers as there are targets."""
    if output != (data.outputs,):
        raise StudioError(
            mark(
                "The network gives {given} numbers, but the data has {wanted} targets. "
                "End it with a Dense layer of {wanted} units."
            ),
            given=" × ".join(map(str, output)),
            wanted=data.outputs,
        )


def check_numbers(label: str, output: Shape, data: Data) -> None:
    """The same for a loss, called ``label``, that is for numbers only."""
    if data.task != "regression":
        raise StudioError(
            mark(
                "{loss} needs numbers as targets, but this data has classes. Choose cross-entropy."
            ),
            loss=label,
        )
    check_values(output, data)


def check_classes(label: str, output: Shape, data: Data) -> None:
    """Raise ``StudioError`` unless the targets are classes and the output has one number a class,
    or a single one for two classes."""
    if data.task != "classification":
        raise StudioError(
            mark(
                "{loss} needs classes, but this data has numbers as targets. "
                "Choose mean squared error."
            ),
            loss=label,
        )
    classes = len(data.classes)
    if output != (classes,) and not (classes == 2 and output == (1,)):
        raise StudioError(
            mark(
                "The network gives {given} numbers, but the data has {wanted} classes. "
                "End it with a Dense layer of {units} units."
            ),
            given=" × ".join(map(str, output)),
            wanted=classes,
            units=data.outputs,
        )


def class_probabilities(output: np.ndarray, logits: bool) -> np.ndarray:
    """Probabilities (n, classes) of outputs (n, classes), or (n, 1) for two classes; float64.

    ``logits``: no softmax or sigmoid has been applied to the outputs yet.
    """
    flat = np.asarray(output, np.float64).reshape(len(output), -1)
    if flat.shape[1] == 1:
        if logits:
            flat = 0.5 * (1 + np.tanh(0.5 * flat))
        return np.concatenate([1 - flat, flat], axis=1)
    if not logits:
        return flat
    powers = np.exp(flat - flat.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def log_probabilities(output: np.ndarray, logits: bool) -> np.ndarray:
    """Their logarithms, exact also where a logit is far from the others.

    A probability of 0 counts as the least normal float32.
    """
    flat = np.asarray(output, np.float64).reshape(len(output), -1)
    if not logits:
        return np.log(np.maximum(class_probabilities(flat, False), 1.2e-38))
    if flat.shape[1] == 1:
        return -np.logaddexp(0, np.concatenate([flat, -flat], axis=1))
    shifted = flat - flat.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def one_hot(target: np.ndarray, classes: int) -> np.ndarray:
    """Class numbers (n, 1) as rows (n, classes) of zeros with a single one, float64."""
    return np.eye(classes)[np.asarray(target)[:, 0].astype(int)]
