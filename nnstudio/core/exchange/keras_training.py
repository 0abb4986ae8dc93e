"""Losses, learning-rate schedules and callbacks as Keras 3 writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nnstudio.core.data import Data
from nnstudio.core.exchange.keras_parts import SCHEDULES, loss_function
from nnstudio.core.exchange.python_text import Code, call
from nnstudio.core.setup import Setup

#: Regression and other losses by our type: Keras' class and our fields by its arguments.
PLAIN = {
    "MSE.v1": ("MeanSquaredError", {}), "MAE.v1": ("MeanAbsoluteError", {}),
    "Huber.v1": ("Huber", {"delta": "delta"}), "LogCosh.v1": ("LogCosh", {}),
    "Poisson.v1": ("Poisson", {}), "Hinge.v1": ("Hinge", {}),
    "SquaredHinge.v1": ("SquaredHinge", {}), "KLDivergence.v1": ("KLDivergence", {}),
}  # fmt: skip


@dataclass(frozen=True)
class LossText:
    """The loss as a call; ``own`` is the source of a function that Keras lacks, ``one_hot`` says
    that it wants a number for each class, ``metrics`` what else is measured, ``class_weight`` what
    ``fit`` is told of the classes."""

    text: str
    own: str = ""
    one_hot: bool = False
    metrics: str = "[]"
    class_weight: str = ""


def loss_text(setup: Setup, data: Data) -> LossText:
    """The loss, as Keras computes the same."""
    output = setup.network.output.layer
    ends_in = getattr(output, "activation", getattr(output, "name", "linear"))
    outputs = (setup.network.output_shape or (1,))[-1]
    loss: Any = setup.training.loss
    kind = loss.type_name if loss is not None else "MSE.v1"
    classes = bool(data.classes)
    shares = ends_in == ("sigmoid" if outputs == 1 else "softmax")
    text, own, one_hot = _loss(loss, kind, outputs, ends_in, shares, classes)
    metrics = "[]"
    if classes:
        logits = outputs == 1 and kind != "MSE.v1" and ends_in != "sigmoid"
        metrics = (
            '[keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)]'
            if logits
            else '["accuracy"]'
        )
    weight = ""
    if getattr(loss, "class_weights", "").strip():
        numbers = loss.prepared(data).class_weights.replace("，", ",").split(",")
        listed = ", ".join(f"{place}: {float(one)!r}" for place, one in enumerate(numbers))
        weight = f"{{{listed}}}"
    return LossText(text, own, one_hot, metrics, weight)


def _loss(
    loss: Any, kind: str, outputs: int, ends_in: str, shares: bool, classes: bool
) -> tuple[str, str, bool]:
    """The call, the source of a function of its own, whether targets are one-hot."""
    binary = outputs == 1
    several = classes and not binary
    logits = {} if shares else {"from_logits": True}
    if kind == "Focal.v1":
        if binary:
            text = call("keras.losses.BinaryFocalCrossentropy", gamma=loss.gamma, **logits)
            return text, "", False
        # Keras' α multiplies the whole loss.
        name = "keras.losses.CategoricalFocalCrossentropy"
        return call(name, alpha=1.0, gamma=loss.gamma, **logits), "", True
    if kind == "CrossEntropy.v1":
        smoothing = loss.label_smoothing
        named = logits | ({"label_smoothing": smoothing} if smoothing else {})
        start = "Binary" if binary else "Categorical" if smoothing else "SparseCategorical"
        text = call(f"keras.losses.{start}Crossentropy", **named)
        return text, "", start == "Categorical"
    if kind == "KLDivergence.v1" and (classes or not shares):
        # Of classes it is the cross-entropy; Keras' own knows neither classes nor logits.
        value = "keras.losses.kl_divergence(y_true, keras.ops.softmax(y_pred))"
        if classes:
            start = "binary" if binary else "sparse_categorical"
            name = f"keras.losses.{start}_crossentropy"
            value = call(name, Code("y_true"), Code("y_pred"), **logits)
        help_ = "KL divergence; of certain classes it is the cross-entropy."
        return "kl_divergence", loss_function("kl_divergence", help_, value), False
    if kind in ("Hinge.v1", "SquaredHinge.v1") and ends_in in ("sigmoid", "softmax"):
        name = "hinge" if kind == "Hinge.v1" else "squared_hinge"
        value = f"keras.losses.{name}(y_true, 2 * y_pred - 1)"
        return name, loss_function(name, "A probability p is the score 2 p - 1.", value), several
    if kind == "Poisson.v1" and loss.log_output:
        name = "poisson_of_logarithm"
        value = "keras.ops.mean(keras.ops.exp(y_pred) - y_true * y_pred, axis=-1)"
        made = loss_function(name, "The output is the logarithm of the expected count.", value)
        return name, made, False
    name, fields = PLAIN.get(kind, ("MeanSquaredError", {}))
    values = {theirs: getattr(loss, ours) for ours, theirs in fields.items()}
    return call(f"keras.losses.{name}", **values), "", several


def rate_text(setup: Setup, total: int) -> tuple[Any, str]:
    """The learning rate: a number, or a schedule as a call over ``total`` steps; and the source of
    a class that Keras lacks."""
    training = setup.training
    rate, schedule = training.learning_rate, training.schedule
    kind = schedule.type_name if schedule is not None else ""
    made: Any = schedule
    make = "keras.optimizers.schedules."
    match kind:
        case "Exponential.v1" | "Step.v1":
            text = call(
                f"{make}ExponentialDecay", rate, decay_steps=made.every,
                decay_rate=made.factor, staircase=kind == "Step.v1",
            )  # fmt: skip
        case "Cosine.v1" if made.period:
            text = call(
                f"{make}CosineDecayRestarts", rate, made.period,
                t_mul=float(made.multiplier), alpha=made.end,
            )  # fmt: skip
        case "Cosine.v1":
            text = call(f"{make}CosineDecay", rate, total, alpha=made.end)
        case "Polynomial.v1":
            text = call(
                f"{make}PolynomialDecay", rate, made.steps or total,
                end_learning_rate=rate * made.end, power=made.power,
            )  # fmt: skip
        case "LinearWarmup.v1":
            text = call("LinearWarmup", rate, steps=made.steps, then=made.then, total=total)
        case "OneCycle.v1":
            text = call(
                "OneCycle", rate, steps=made.steps or total, rise=made.rise, first=made.first,
                end=made.end,
            )  # fmt: skip
        case _:
            return rate, ""
    return Code(text), SCHEDULES.get(kind, "")


def watched(setup: Setup, data: Data) -> str:
    """What Keras calls the figure that is watched; the validation loss where it has no other."""
    return "val_accuracy" if setup.training.watch == "accuracy" and data.classes else "val_loss"


def callbacks(setup: Setup, data: Data) -> list[str]:
    """What Keras does after every epoch."""
    training, found = setup.training, []
    watch = watched(setup, data)
    if training.patience:
        found.append(call(
            "keras.callbacks.EarlyStopping", monitor=watch, patience=training.patience,
            restore_best_weights=training.keep_best,
        ))  # fmt: skip
    elif training.keep_best:
        found.append(call(
            "keras.callbacks.ModelCheckpoint",
            Code('os.path.join(HERE, STEM + "-best.keras")'), monitor=watch, save_best_only=True,
        ))  # fmt: skip
    schedule: Any = training.schedule
    if schedule is not None and schedule.type_name == "ReduceOnPlateau.v1":
        found.append(call(
            "keras.callbacks.ReduceLROnPlateau", factor=schedule.factor,
            patience=schedule.patience, min_delta=schedule.threshold,
            min_lr=training.learning_rate * schedule.least,
        ))  # fmt: skip
    return found
