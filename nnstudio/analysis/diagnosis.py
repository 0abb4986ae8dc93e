"""What the loss curves say, in one sentence: healthy, overfitting, diverging, levelled off...

Every verdict names the numbers that it rests on. Curves are noisy (a point may stand for a single
batch), so levels are medians over a stretch of points, and a change counts only if it is large
against its own uncertainty and against what a network reaches that always guesses
(``guessing_loss``). In doubt nothing bad is said.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from nnstudio.core.contracts import Loss
from nnstudio.core.data import Data
from nnstudio.core.text import mark, tr

#: Fewer points than this are too few to judge; without validation, training alone is judged.
FEW_TRAIN, FEW_VALID = 20, 2
#: Nothing bad is said before there are so many points.
SURE = 100
#: Levels are taken at no more points than this.
ENOUGH = 300
#: Changes smaller than this share of the guessing loss do not matter.
SLIGHT = 0.02
#: Targets that are enough to say what guessing would give.
SAMPLE = 4000
#: Where a curve goes.
FALLS, STAYS, RISES = -1, 0, 1


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
    if len(train) < FEW_TRAIN or (finished and len(valid) < FEW_VALID):
        if finished and len(valid) and math.isfinite(guessing):
            return _say(QUICK, train=train[-1], valid=valid[-1], guessing=guessing)
        return STARTING
    if not math.isfinite(guessing) or guessing <= 0:
        guessing = float(np.median(train[:3]))
    levels = _levels(train, 25, 61)
    least = SLIGHT * guessing / 4
    trend = _trend(train, least)
    beside = _trend(valid, least) if len(valid) >= FEW_VALID else None
    if len(train) < SURE and trend != FALLS:
        return STARTING
    improves = FALLS in (trend, beside)
    bad = _trouble(levels, trend, improves, guessing) if len(train) >= SURE else None
    if len(valid) < FEW_VALID:
        return bad or _say(LEARNING, now=levels[-1], guessing=guessing)
    if len(train) >= SURE and (bad is None or bad.kind != "unstable"):
        then = _Then(step[np.isfinite(train_loss)], train)
        bad = _gap(levels[-1], then, valid, valid_step, guessing) or bad
    if bad is not None:
        return bad
    valid_now = _levels(valid, 3, 41)[-1]
    if dropout and valid_now < levels[-1]:
        return BETTER_BY_DROPOUT
    if trend == STAYS and not improves:
        return _say(LEVEL, train=levels[-1], valid=valid_now)
    return FALLING if beside in (STAYS, RISES) else HEALTHY


def _trouble(
    levels: np.ndarray, trend: int | None, improves: bool, guessing: float
) -> Diagnosis | None:
    """What training loss alone says against a run."""
    now, best = levels[-1], levels.min()
    if now > 1.5 * best and now - best > 5 * SLIGHT * guessing and trend != FALLS:
        return _say(UNSTABLE, best=best, now=now)
    if now > 0.98 * guessing and not improves:
        return _say(STUCK, now=now, guessing=guessing)
    if now > 0.6 * guessing and trend == STAYS and not improves:
        return _say(UNDERFITTING, now=now, guessing=guessing)
    return None


@dataclass(frozen=True)
class _Then:
    """Training loss at an earlier step."""

    step: np.ndarray
    loss: np.ndarray

    def level(self, step: float) -> float:
        """The median of a few values around it."""
        at = int(np.searchsorted(self.step, step))
        return float(np.median(self.loss[max(0, at - 7) : at + 8]))


def _gap(
    now: float, then: _Then, valid: np.ndarray, valid_step: np.ndarray, guessing: float
) -> Diagnosis | None:
    """What validation loss says against a run."""
    slight = SLIGHT * guessing
    levels = _levels(valid, 3, 41)
    valid_now, best = levels[-1], levels.min()
    turn = valid_step[_judged(len(valid))[int(levels.argmin())]]
    risen = valid_now > 1.15 * best and valid_now - best > slight and valid[-3:].min() > best
    if risen and now <= 1.02 * then.level(float(turn)):
        return _say(OVERFITTING, best=best, now=valid_now)
    if valid_now > 1.5 * now and valid_now - now > 5 * slight:
        return _say(AHEAD, train=now, valid=valid_now)
    return None


def _levels(values: np.ndarray, least: int, most: int) -> np.ndarray:
    """The median of the points up to each judged point, over a tenth of them but at least and at
    most so many; very few points are taken as they are."""
    width = int(np.clip(round(len(values) * 0.1), least, most)) if len(values) > 6 else 1
    padded = np.concatenate([np.full(width - 1, values[0]), values])
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)
    return np.median(windows[_judged(len(values))], axis=1)


def _judged(count: int) -> np.ndarray:
    """The points at which levels are taken: all of few, an even selection of many; the last one."""
    return np.unique(np.linspace(0, count - 1, min(count, ENOUGH)).astype(int))


def _trend(values: np.ndarray, least: float) -> int | None:
    """Where the last quarter of the points went from the quarter before it; None: too noisy to say.

    Both are means without the largest and smallest tenth. A change is larger than ``least`` and
    than two standard errors; it stays if more than 6 % of change can be ruled out.
    """
    count = max(1, len(values) // 4)
    before, now = _trimmed(values[-2 * count : -count]), _trimmed(values[-count:])
    change = float(now.mean() - before.mean())
    doubt = 2 * float(np.sqrt(before.var() / len(before) + now.var() / len(now)))
    if abs(change) > max(least, doubt):
        return FALLS if change < 0 else RISES
    slight = max(2 * least, 0.06 * abs(float(before.mean())))
    return STAYS if abs(change) + doubt < slight else None


def _trimmed(values: np.ndarray) -> np.ndarray:
    cut = len(values) // 10
    return np.sort(values)[cut : len(values) - cut]


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
CHANGED = Diagnosis(
    "changed", "neutral", mark("Changed."), mark("Press Play and see what the change brings.")
)
UNFIT = Diagnosis(
    "unfit", "neutral", mark("Not trainable as it is."),
    mark("The canvas says what is missing; these are the figures of before."),
)  # fmt: skip
STARTING = Diagnosis(
    "starting", "neutral", mark("Just starting."), mark("A few more steps are needed to judge.")
)
QUICK = Diagnosis(
    "quick", "neutral", mark("Done, in a moment."),
    mark("Training loss {train}, validation loss {valid}; guessing gives {guessing}."),
)  # fmt: skip
LEARNING = Diagnosis(
    "learning", "good", mark("Learning."),
    mark("Training loss is {now}; always guessing the average gives {guessing}."),
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
