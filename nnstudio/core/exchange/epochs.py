"""Learning rates by epoch, as a function of the text states them, as one of our schedules.

Ours count steps. How many steps an epoch has is known with the data only, so such a schedule is
given in epochs under the key ``"by_epoch"`` and counted in steps by ``in_steps``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from nnstudio.core import fields, registry
from nnstudio.core.contracts import Schedule
from nnstudio.core.exchange.plain_values import Function, is_number

if TYPE_CHECKING:
    from nnstudio.core.exchange.evaluator import Evaluator

#: Epochs that are looked at.
LOOK = 60


def recognise(function: Function, text: Evaluator, rate: float) -> dict[str, Any] | None:
    """Training values for a function of (epoch) or (epoch, rate); None if it is no simple one."""
    rates: list[float] = []
    takes = len(function.node.args.args)
    now = rate
    for epoch in range(LOOK):
        found = text.apply(function, [epoch, now][:takes], {})
        if not is_number(found) or not 0 < found <= 100:
            return None
        now = float(found)
        rates.append(now)
    first = rates[0]
    changes = [n for n in range(1, LOOK) if not math.isclose(rates[n], rates[n - 1], rel_tol=1e-9)]
    if not changes:
        return {"learning_rate": first}
    every = changes[0]
    factor = rates[every] / first
    regular = changes == list(range(every, LOOK, every)) and all(
        math.isclose(rates[n] / rates[n - 1], factor, rel_tol=1e-6) for n in changes
    )
    if not regular or not 0 <= factor <= 1:
        return None
    kind = registry.find(Schedule, "Exponential.v1" if every == 1 else "Step.v1")
    schedule = fields.build(kind, {"every": every, "factor": round(factor, 12)})
    return {"learning_rate": first, "schedule": schedule, "by_epoch": True}


def in_steps(training: dict[str, Any], steps_per_epoch: int) -> dict[str, Any]:
    """The same values with a schedule by epoch counted in steps."""
    found = dict(training)
    if found.pop("by_epoch", False):
        schedule = found["schedule"]
        every = min(schedule.every * max(1, steps_per_epoch), 1_000_000_000)
        found["schedule"] = fields.changed(schedule, every=every)
    return found
