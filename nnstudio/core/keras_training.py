"""Losses, learning-rate schedules and callbacks as Keras 3 writes them."""

from __future__ import annotations

from typing import Any

from nnstudio.core.data import Data
from nnstudio.core.python_text import Code, call
from nnstudio.core.setup import Setup

#: Regression and other losses by our type: Keras' class and our fields by its arguments.
PLAIN = {
    "MSE.v1": ("MeanSquaredError", {}), "MAE.v1": ("MeanAbsoluteError", {}),
    "Huber.v1": ("Huber", {"delta": "delta"}), "LogCosh.v1": ("LogCosh", {}),
    "Poisson.v1": ("Poisson", {}), "Hinge.v1": ("Hinge", {}),
    "SquaredHinge.v1": ("SquaredHinge", {}), "KLDivergence.v1": ("KLDivergence", {}),
}  # fmt: skip


def loss_text(setup: Setup, data: Data) -> str:
    """The loss as a call."""
    loss, output = setup.training.loss, setup.network.output.layer
    ends_in = getattr(output, "activation", getattr(output, "name", "linear"))
    outputs = (setup.network.output_shape or (1,))[-1]
    if loss is None:
        return call("keras.losses.MeanSquaredError")
    if loss.type_name in ("CrossEntropy.v1", "Focal.v1"):
        binary = outputs == 1
        named: dict[str, Any] = {}
        if ends_in != ("sigmoid" if binary else "softmax"):
            named["from_logits"] = True
        if loss.type_name == "Focal.v1":
            name = "BinaryFocalCrossentropy" if binary else "CategoricalFocalCrossentropy"
            return call(f"keras.losses.{name}", gamma=loss.gamma, **named)  # type: ignore[attr-defined]
        smoothing = getattr(loss, "label_smoothing", 0.0)
        if smoothing:
            named["label_smoothing"] = smoothing
        if binary:
            return call("keras.losses.BinaryCrossentropy", **named)
        kind = "CategoricalCrossentropy" if smoothing else "SparseCategoricalCrossentropy"
        return call(f"keras.losses.{kind}", **named)
    name, fields = PLAIN.get(loss.type_name, ("MeanSquaredError", {}))
    values = {theirs: getattr(loss, ours) for ours, theirs in fields.items()}
    return call(f"keras.losses.{name}", **values)


def rate_text(setup: Setup) -> Any:
    """The learning rate: a number, or a schedule as a call."""
    training = setup.training
    rate, schedule = training.learning_rate, training.schedule
    make = "keras.optimizers.schedules."
    match schedule.type_name if schedule is not None else "":
        case "Exponential.v1" | "Step.v1" as kind:
            return Code(call(
                f"{make}ExponentialDecay", rate, decay_steps=schedule.every,  # type: ignore[union-attr]
                decay_rate=schedule.factor, staircase=kind == "Step.v1",  # type: ignore[union-attr]
            ))  # fmt: skip
        case "Cosine.v1" if schedule.period:  # type: ignore[union-attr]
            return Code(call(
                f"{make}CosineDecayRestarts", rate, schedule.period,  # type: ignore[union-attr]
                t_mul=float(schedule.multiplier), alpha=schedule.end,  # type: ignore[union-attr]
            ))  # fmt: skip
        case "Polynomial.v1" if schedule.steps:  # type: ignore[union-attr]
            return Code(call(
                f"{make}PolynomialDecay", rate, schedule.steps,  # type: ignore[union-attr]
                end_learning_rate=rate * schedule.end, power=schedule.power,  # type: ignore[union-attr]
            ))  # fmt: skip
    return rate


def callbacks(setup: Setup, data: Data) -> list[str]:
    """What Keras does after every epoch."""
    training, found = setup.training, []
    watch = {"val_loss": "val_loss"}.get(training.watch, "val_accuracy")
    if training.patience:
        found.append(call(
            "keras.callbacks.EarlyStopping", monitor=watch, patience=training.patience,
            restore_best_weights=training.keep_best,
        ))  # fmt: skip
    schedule: Any = training.schedule
    if schedule is not None and schedule.type_name == "ReduceOnPlateau.v1":
        found.append(call(
            "keras.callbacks.ReduceLROnPlateau", factor=schedule.factor,
            patience=schedule.patience, min_delta=schedule.threshold,
            min_lr=training.learning_rate * schedule.least,
        ))  # fmt: skip
    return found
