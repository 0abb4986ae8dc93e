"""What ``compile`` and ``fit`` say about training, as our settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nnstudio.core import fields, registry
from nnstudio.core.contracts import Loss, Optimizer, Schedule
from nnstudio.core.exchange.epochs import recognise
from nnstudio.core.exchange.keras_layers import Call
from nnstudio.core.exchange.keras_names import (
    DEFAULT_RATES,
    DEFAULTS,
    EPSILON_SQUARED,
    LOSSES,
    OPTIMIZERS,
    by_name,
    snake,
)
from nnstudio.core.exchange.plain_values import Function, is_number
from nnstudio.core.fields import fields_of
from nnstudio.core.setup import Training
from nnstudio.core.text import StudioError, mark

if TYPE_CHECKING:
    from nnstudio.core.exchange.evaluator import Evaluator

Errors = list[StudioError]

#: Batch size and epochs where ``fit`` does not say.
USUAL_BATCH = 32
#: What callbacks and arguments change nothing here.
SILENT = {"TensorBoard", "CSVLogger", "ProgbarLogger", "History", "TerminateOnNaN",
          "BackupAndRestore", "TqdmCallback", "LambdaCallback"}  # fmt: skip


@dataclass
class Settings:
    """What was said so far: values as ``Setup.with_training`` takes them."""

    values: dict[str, Any] = field(default_factory=dict)
    remarks: Errors = field(default_factory=list)
    penalties: set[tuple[float, float]] = field(default_factory=set)
    fitted: bool = False

    def training(self) -> dict[str, Any]:
        """Values by name."""
        found = dict(self.values)
        if len(self.penalties) == 1:
            l1, l2 = next(iter(self.penalties))
            found |= {"l1": min(l1, 10.0), "l2": min(2 * l2, 10.0)}  # Keras' penalty is l2 w²
        return found

    def put(self, name: str, value: Any) -> None:
        """A training setting; raises ``StudioError`` if it does not fit."""
        self.values[name] = fields_of(Training)[name].read(value)

    def regularize(self, named: dict[str, Any]) -> None:
        """L1, L2 and max-norm of a layer's weights."""
        for key in ("kernel_constraint", "depthwise_constraint"):
            limit = _limit(named.get(key))
            if limit is not None and "max_norm" not in self.values:
                self.put("max_norm", limit)
        for key in ("kernel_regularizer", "depthwise_regularizer"):
            value = named.get(key)
            found = _penalty(value)
            if found is not None:
                self.penalties.add(found)
                if len(self.penalties) == 2:
                    self.remarks.append(StudioError(
                        mark("Layers are regularized differently; here all are alike, so none is.")
                    ))  # fmt: skip


def _limit(value: Any) -> float | None:
    """The length of a max-norm constraint."""
    if not isinstance(value, Call) or snake(value.name) not in ("max_norm", "maxnorm"):
        return None
    given = value.args[0] if value.args else value.named.get("max_value", 2.0)
    return float(given) if is_number(given) and 0 <= given <= 1e6 else None


def _penalty(value: Any) -> tuple[float, float] | None:
    """(l1, l2) of a regularizer."""
    if isinstance(value, str) and value.lower() in ("l1", "l2", "l1_l2"):
        kind = value.lower()
        return (0.01 if "l1" in kind else 0.0, 0.01 if "l2" in kind else 0.0)
    if not isinstance(value, Call):
        return None
    kind = value.name.lower()
    numbers = [v for v in value.args if is_number(v) and 0 <= v < 1e6]
    named = {k: v for k, v in value.named.items() if is_number(v) and 0 <= v < 1e6}
    if kind == "l1":
        return (float(numbers[0] if numbers else named.get("l1", named.get("l", 0.01))), 0.0)
    if kind == "l2":
        return (0.0, float(numbers[0] if numbers else named.get("l2", named.get("l", 0.01))))
    if kind in ("l1l2", "l1_l2"):
        given = dict(zip(("l1", "l2"), numbers, strict=False)) | named
        usual = 0.01 if kind == "l1_l2" else 0.0
        return (float(given.get("l1", usual)), float(given.get("l2", usual)))
    return None


def read_compile(found: Settings, args: list[Any], named: dict[str, Any], _: Evaluator) -> Errors:
    """optimizer, loss."""
    errors: Errors = []
    given = dict(zip(("optimizer", "loss"), args, strict=False)) | named
    for key, read in (("optimizer", _optimizer), ("loss", _loss)):
        if key in given or key == "optimizer":
            try:
                errors += read(found, given.get(key, "rmsprop"))
            except StudioError as error:
                errors.append(error)
    return errors


def _optimizer(found: Settings, value: Any) -> Errors:
    name = value if isinstance(value, str) else getattr(value, "name", "")
    name = str(name).rpartition(".")[2]
    matches = {key.lower(): match for key, match in by_name(OPTIMIZERS).items()}
    match = matches.get(name.lower())
    if match is None:
        raise StudioError(
            mark("There is no optimizer “{name}” here; the usual one stands in its place."),
            name=name[:60],
        )
    errors: Errors = []
    call = value if isinstance(value, Call) else Call(name, [], {}, 0)
    given: dict[str, Any] = {**DEFAULTS.get(match.name, {})}
    given |= dict(zip(match.positions, call.args, strict=False)) | call.named
    if "lr" in given:
        given["learning_rate"] = given.pop("lr")
    rate = given.pop("learning_rate", DEFAULT_RATES.get(match.name, 0.001))
    errors += _rate(found, rate)
    ours_of = {theirs: ours for ours, theirs in match.arguments if ours}
    cls = registry.find(Optimizer, match.type_name)
    values: dict[str, Any] = {}
    renamed = {"global_clipnorm": "clip_norm", "clipnorm": "clip_norm", "clipvalue": "clip_value",
               "value_limit": "clip_value"}  # fmt: skip
    if match.name in EPSILON_SQUARED and is_number(given.get("epsilon")) and given["epsilon"] > 0:
        given["epsilon"] = float(f"{given['epsilon'] ** 0.5:.12g}")
    for key, one in given.items():
        try:
            if key in ours_of:
                values[ours_of[key]] = fields_of(cls)[ours_of[key]].read(one)
            elif key in renamed and one is not None:
                found.put(renamed[key], one)
            elif key == "ema_momentum" and given.get("use_ema"):
                found.put("averaging", one)
            elif not (one in (None, False) or key in ("name", "use_ema", "jit_compile",
                      "ema_momentum", "ema_overwrite_frequency", "decay")):  # fmt: skip
                raise StudioError(
                    mark("“{argument}” of {layer} has no counterpart here; it was passed over."),
                    argument=key[:60], layer=match.name,
                )  # fmt: skip
        except StudioError as error:
            errors.append(error)
    found.values["optimizer"] = fields.build(cls, values)
    return errors


def _rate(found: Settings, value: Any) -> Errors:
    """A learning rate: a number, or a schedule."""
    if is_number(value):
        found.put("learning_rate", value)
        return []
    if not isinstance(value, Call):
        return [StudioError(mark("The learning rate is not stated as a number."))]
    names = {
        "ExponentialDecay": ("initial_learning_rate", "decay_steps", "decay_rate", "staircase"),
        "CosineDecay": ("initial_learning_rate", "decay_steps", "alpha"),
        "CosineDecayRestarts": ("initial_learning_rate", "first_decay_steps", "t_mul", "m_mul",
                                "alpha"),
        "LinearWarmup": ("learning_rate",),
        "OneCycle": ("learning_rate",),
        "PolynomialDecay": ("initial_learning_rate", "decay_steps", "end_learning_rate", "power"),
    }.get(value.name)  # fmt: skip
    if names is None:
        return [StudioError(mark("There is no schedule “{name}” here; the rate stays constant."),
                            name=value.name[:60])]  # fmt: skip
    given = dict(zip(names, value.args, strict=False)) | value.named
    first = given.pop("learning_rate", given.get("initial_learning_rate", 0.001))
    found.put("learning_rate", first)
    kind, values = "", {}
    if value.name == "ExponentialDecay":
        kind = "Step.v1" if given.get("staircase") is True else "Exponential.v1"
        values = {"every": given.get("decay_steps", 1000), "factor": given.get("decay_rate", 0.5)}
    elif value.name in ("LinearWarmup", "OneCycle"):
        kind = f"{value.name}.v1"
        declared = fields_of(registry.find(Schedule, kind))
        values = {key: one for key, one in given.items() if key in declared}
    elif value.name == "CosineDecay":
        kind, values = "Cosine.v1", {"end": given.get("alpha", 0.0)}
    elif value.name == "CosineDecayRestarts":
        kind = "Cosine.v1"
        values = {"period": given.get("first_decay_steps", 1000),
                  "end": given.get("alpha", 0.0),
                  "multiplier": given.get("t_mul", 2.0)}  # fmt: skip
    else:
        end = given.get("end_learning_rate", 0.0001)
        share = end / first if is_number(end) and first else 0.0
        kind = "Polynomial.v1"
        values = {"steps": given.get("decay_steps", 1000), "end": round(share, 12),
                  "power": given.get("power", 1.0)}  # fmt: skip
    found.values["schedule"] = fields.build(registry.find(Schedule, kind), values)
    return []


def _loss(found: Settings, value: Any) -> Errors:
    if isinstance(value, (list, tuple, dict)) and len(value) == 1:
        value = next(iter(value.values())) if isinstance(value, dict) else value[0]
    name = value if isinstance(value, str) else getattr(value, "name", "")
    if isinstance(value, Function):  # one that the text defines, named as Keras names its own
        name = getattr(value.node, "name", "")
    plain = str(name).rpartition(".")[2]
    key = plain.lower() if plain.lower() in LOSSES else snake(plain)
    if key not in LOSSES:
        raise StudioError(
            mark("There is no loss “{name}” here; the one that suits the data stands in its "
                 "place."), name=plain[:60],
        )  # fmt: skip
    type_name, arguments = LOSSES[key]
    named = value.named if isinstance(value, Call) else {}
    values = {ours: named[theirs] for theirs, ours in arguments.items() if theirs in named}
    if key == "poisson":
        values["log_output"] = False
    found.values["loss"] = fields.build(registry.find(Loss, type_name), values)
    return []


def read_fit(found: Settings, args: list[Any], named: dict[str, Any], text: Evaluator) -> Errors:
    """batch_size, epochs, callbacks, class_weight."""
    errors: Errors = []
    given = dict(
        zip(("x", "y", "batch_size", "epochs", "verbose", "callbacks"), args, strict=False)
    )
    given |= named
    batch = given.get("batch_size")
    wanted = (("batch_size", USUAL_BATCH if batch is None else batch),
              ("epochs", given.get("epochs", given.get("nb_epoch", 1))))  # fmt: skip
    for key, value in wanted:
        try:
            found.put(key, value)
        except StudioError as error:
            errors.append(error)
    listed = given.get("callbacks")
    for one in listed if isinstance(listed, (list, tuple)) else [listed]:
        if one is not None:
            try:
                errors += _callback(found, one, text)
            except StudioError as error:
                errors.append(error)
    weights = given.get("class_weight")
    if isinstance(weights, dict) and weights and all(is_number(v) for v in weights.values()):
        loss = found.values.get("loss")
        if loss is not None and "class_weights" in fields_of(loss):
            ordered = [weights[key] for key in sorted(weights)]
            found.values["loss"] = fields.changed(loss, class_weights=", ".join(map(repr, ordered)))
    return errors


def _callback(found: Settings, value: Any, text: Evaluator) -> Errors:
    name = value.name if isinstance(value, Call) else getattr(value, "last", "")
    named = dict(value.named) if isinstance(value, Call) else {}
    args = value.args if isinstance(value, Call) else []
    match name:
        case "EarlyStopping":
            named = dict(zip(("monitor", "min_delta", "patience"), args, strict=False)) | named
            patience = named.get("patience", 0)
            found.put("patience", max(1, patience) if is_number(patience) else patience)
            found.put("keep_best", named.get("restore_best_weights", False))
            monitor = named.get("monitor", "val_loss")
            if monitor in ("val_accuracy", "val_acc", "accuracy"):
                found.put("watch", "accuracy")
            elif monitor not in ("val_loss", "loss"):
                return [_passed("monitor", name)]
        case "ReduceLROnPlateau":
            order = ("monitor", "factor", "patience", "verbose", "mode", "min_delta", "cooldown",
                     "min_lr")  # fmt: skip
            named = dict(zip(order, args, strict=False)) | named
            rate = found.values.get("learning_rate", 0.001) or 0.001
            least = named.get("min_lr", 0.0)
            if not is_number(least):
                return [_passed("min_lr", name)]
            values = {
                "factor": named.get("factor", 0.1), "patience": named.get("patience", 10),
                "threshold": named.get("min_delta", 0.0001),
                "least": min(1.0, round(least / rate, 12)),
            }  # fmt: skip
            kind = registry.find(Schedule, "ReduceOnPlateau.v1")
            found.values["schedule"] = fields.build(kind, values)
        case "LearningRateScheduler":
            function = args[0] if args else named.get("schedule")
            if isinstance(function, Function):
                made = recognise(function, text, found.values.get("learning_rate", 0.001))
                if made is not None:
                    found.values |= made
                    return []
            return [StudioError(mark("What this LearningRateScheduler does could not be told; the "
                                     "rate stays constant."))]  # fmt: skip
        case "ModelCheckpoint":
            if named.get("save_best_only") is True:
                found.put("keep_best", True)
        case _ if name in SILENT:
            return []
        case _:
            return [StudioError(mark("The callback “{name}” is not known here; it was passed "
                                     "over."), name=str(name or "…")[:60])]  # fmt: skip
    return []


def _passed(argument: str, owner: str) -> StudioError:
    return StudioError(
        mark("“{argument}” of {layer} has no counterpart here; it was passed over."),
        argument=argument, layer=owner,
    )  # fmt: skip
