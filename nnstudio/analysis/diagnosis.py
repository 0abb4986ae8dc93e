"""What the loss curves say, in one sentence: healthy, overfitting, diverging, levelled off...

Every verdict names the numbers that it rests on. Curves are noisy, so levels are medians over a
stretch of points, and a change counts only if it is large against what a network reaches that
always guesses the mean of the training targets (``guessing_loss``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from nnstudio.core.contracts import Loss
from nnstudio.core.data import Data
from nnstudio.core.text import mark, tr

#: Fewer points than this are too few to judge.
FEW_TRAIN, FEW_VALID = 8, 2
#: Levels are taken at no more points than this.
ENOUGH = 300
#: Changes smaller than this share of the guessing loss do not matter.
SLIGHT = 0.02
#: Targets that are enough to say what guessing would give.
SAMPLE = 4000


@dataclass(frozen=True)
class Diagnosis:
    """A verdict. ``level`` is ``"neutral"``, ``"good"``, ``"warning"`` or ``"bad"``; ``headline``
    and ``detail`` are marked texts, ``values`` fill the detail."""

    kind: str
    level: str
    headline: str
    detail: str
    values: dict[str, str] = field(default_factory=dict)

    def sentence(self) -> tuple[str, str]:
        """Headline and detail in the present language."""
        return tr(self.headline), tr(self.detail, **self.values)


def guessing_loss(data: Data, loss: Loss) -> float:
    """The loss of a network that gives the same answer for every example: the best of a few, such
    as the training targets' mean. Measured on at most about ``SAMPLE`` targets."""
    y = data.train.y
    if len(y) == 0:
        return math.nan
    some = y[:: -(-len(y) // SAMPLE)]
    if len(y) > SAMPLE and data.task == "classification":  # the shares of the classes, exactly
        quotas = np.round(np.bincount(y[:, 0].astype(int)) * (SAMPLE / len(y)))
        some = np.repeat(np.arange(len(quotas)), quotas.astype(int))[:, None]
    ready = loss.prepared(data)
    losses = [
        ready.value(np.repeat(guess[None], len(some), axis=0), some, data.task, logits)
        for guess, logits in _guesses(data, some)
    ]
    return min((value for value in losses if math.isfinite(value)), default=math.nan)


def _guesses(data: Data, some: np.ndarray) -> Iterator[tuple[np.ndarray, bool]]:
    """Answers to give always, and whether they are logits."""
    if data.task == "regression":
        mean = data.train.y.mean(axis=0, dtype=np.float64)
        yield mean, False
        yield np.median(some, axis=0), False
        yield np.log(np.maximum(mean, 1e-7)), True  # for counts, whose logarithm is predicted
        return
    classes = len(data.classes)
    shares = np.bincount(data.train.y[:, 0].astype(int), minlength=classes) / len(data.train)
    most = 2.0 * (np.arange(classes) == shares.argmax()) - 1  # scores for a margin
    alike = np.zeros(classes)  # where all classes count alike, however many examples they have
    for guess, logits in ((shares, False), (most, True), (alike, True)):
        yield guess[-data.outputs :], logits


def diagnose(
    step: np.ndarray,
    train_loss: np.ndarray,
    valid_loss: np.ndarray,
    *,
    guessing: float = math.nan,
    failed: bool = False,
    finished: bool = False,
    dropout: bool = False,
) -> Diagnosis:
    """Judge a run by its curves (equal lengths; NaN where not measured).

    ``guessing`` is the loss of always guessing. ``failed`` says that training stopped because the
    loss was no number, ``finished`` that it has come to its end, ``dropout`` that the network has
    Dropout layers.
    """
    if failed or bool(np.isinf(train_loss[-1:]).any()):
        return DIVERGED
    train = train_loss[np.isfinite(train_loss)]
    measured = np.isfinite(valid_loss)
    valid, valid_step = valid_loss[measured], step[measured]
    if len(train) == 0:
        return IDLE
    if len(train) < FEW_TRAIN or len(valid) < FEW_VALID:
        if finished and len(valid) and math.isfinite(guessing):
            return _say(QUICK, train=train[-1], valid=valid[-1], guessing=guessing)
        return STARTING
    if not math.isfinite(guessing) or guessing <= 0:
        guessing = float(np.median(train[:3]))
    return _judge(step, train_loss, _levels(train), valid, valid_step, guessing, dropout)


def _judge(
    step: np.ndarray,
    train_loss: np.ndarray,
    train_levels: np.ndarray,
    valid: np.ndarray,
    valid_step: np.ndarray,
    guessing: float,
    dropout: bool,
) -> Diagnosis:
    slight = SLIGHT * guessing
    now, best = train_levels[-1], train_levels.min()
    valid_levels = _levels(valid)
    valid_now, valid_best = valid_levels[-1], valid_levels.min()
    if now > 1.5 * best and now - best > 5 * slight:
        return _say(UNSTABLE, best=best, now=now)
    turn = valid_step[_judged(len(valid))[int(valid_levels.argmin())]]
    then = _level_at(step, train_loss, float(turn))
    if valid_now > 1.15 * valid_best and valid_now - valid_best > slight and now <= 1.02 * then:
        return _say(OVERFITTING, best=valid_best, now=valid_now)
    if now > 0.98 * guessing:
        return _say(STUCK, now=now, guessing=guessing)
    if valid_now > 1.5 * now and valid_now - now > 5 * slight:
        return _say(AHEAD, train=now, valid=valid_now)
    falling = _falls(train_levels, slight / 4)
    if not falling and now > 0.6 * guessing:
        return _say(UNDERFITTING, now=now, guessing=guessing)
    if dropout and valid_now < now:
        return BETTER_BY_DROPOUT
    if not falling:
        return _say(LEVEL, train=now, valid=valid_now)
    return HEALTHY if _falls(valid_levels, slight / 4) else FALLING


def _levels(values: np.ndarray, share: float = 0.1) -> np.ndarray:
    """The median of the points up to each judged point, over a tenth of them (3 to 41); very few
    points are taken as they are."""
    width = int(np.clip(round(len(values) * share), 3, 41)) if len(values) > 6 else 1
    padded = np.concatenate([np.full(width - 1, values[0]), values])
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)
    return np.median(windows[_judged(len(values))], axis=1)


def _judged(count: int) -> np.ndarray:
    """The points at which levels are taken: all of few, an even selection of many; the last one."""
    return np.unique(np.linspace(0, count - 1, min(count, ENOUGH)).astype(int))


def _level_at(step: np.ndarray, values: np.ndarray, wanted: float) -> float:
    """The median of a few values around a step."""
    known = np.isfinite(values)
    at = int(np.searchsorted(step[known], wanted))
    return float(np.median(values[known][max(0, at - 3) : at + 4]))


def _falls(levels: np.ndarray, least: float) -> bool:
    """Whether the last quarter of the points brought the level down."""
    back = min(len(levels) - 1, max(2, len(levels) // 4))
    before, now = levels[-1 - back], levels[-1]
    return bool(now < 0.97 * before and before - now > least)


def _say(verdict: Diagnosis, **values: float) -> Diagnosis:
    shown = {
        name: f"{value:.4f}" if 0.001 <= value < 10 else f"{value:.3g}"
        for name, value in values.items()
    }
    return Diagnosis(verdict.kind, verdict.level, verdict.headline, verdict.detail, shown)


# --- the verdicts ---

IDLE = Diagnosis(
    "idle", "neutral", mark("Not started."), mark("Press Play and watch the network learn.")
)
STARTING = Diagnosis(
    "starting", "neutral", mark("Just starting."), mark("A few more steps are needed to judge.")
)
QUICK = Diagnosis(
    "quick", "neutral", mark("Done, in a moment."),
    mark("Training loss {train}, validation loss {valid}; guessing gives {guessing}."),
)  # fmt: skip
DIVERGED = Diagnosis(
    "diverged", "bad", mark("Diverged."),
    mark("The loss is no longer a number. Lower the learning rate, then press Reset."),
)  # fmt: skip
UNSTABLE = Diagnosis(
    "unstable", "warning", mark("Training loss is rising."),
    mark("It was {best} and is now {now}. A lower learning rate usually helps."),
)  # fmt: skip
OVERFITTING = Diagnosis(
    "overfitting", "warning", mark("Overfitting."),
    mark("Validation loss has risen from {best} to {now} while training loss has not."),
)  # fmt: skip
STUCK = Diagnosis(
    "stuck", "warning", mark("Not learning yet."),
    mark("Training loss is {now}; always guessing the average gives {guessing}."),
)  # fmt: skip
AHEAD = Diagnosis(
    "ahead", "warning", mark("Better on what it has seen."),
    mark("Training loss is {train}, validation loss {valid}. More data or regularization helps."),
)  # fmt: skip
UNDERFITTING = Diagnosis(
    "underfitting", "warning", mark("Underfitting."),
    mark("Loss has levelled off at {now}; guessing gives {guessing}. Try more units or features."),
)  # fmt: skip
BETTER_BY_DROPOUT = Diagnosis(
    "healthy", "good", mark("Healthy."),
    mark("Validation is better than training because dropout is on only while training."),
)  # fmt: skip
LEVEL = Diagnosis(
    "level", "good", mark("Levelled off."),
    mark("Loss hardly changes any more: training {train}, validation {valid}."),
)  # fmt: skip
HEALTHY = Diagnosis(
    "healthy", "good", mark("Healthy."), mark("Training and validation loss fall together.")
)
FALLING = Diagnosis(
    "falling", "good", mark("Learning."),
    mark("Training loss falls; validation loss stays about the same."),
)  # fmt: skip
