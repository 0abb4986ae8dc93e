"""The last phases of a step: from the shards' gradients to new parameters.

Each task owns a run of parameters that fits the second-level cache: it sums the shards' gradients
in fixed order, adds what L1 and L2 ask for, limits the gradient, and lets the optimizer step.
Limiting the norm of the whole gradient needs all tasks to meet before the step; limiting the norm
of each unit's weights needs them to meet after it.
"""

from __future__ import annotations

from nnstudio.engine import rows as common
from nnstudio.engine.layout import Layout, Segment, Training
from nnstudio.engine.planner import Fixed, Planner, Row


def update_phases(planner: Planner, training: Training, layout: Layout) -> list[list[list[Row]]]:
    """Phases of tasks of rows."""
    segments = layout.segments()
    prepare, step = [], []
    for number, segment in enumerate(segments):
        first = _gradient_rows(planner, training, layout, segment, number)
        second = _step_rows(planner, training, layout, segment, number, len(segments))
        if training.clip_norm > 0:
            prepare.append(first)
            step.append(second)
        else:
            step.append(first + second)
    phases = [prepare, step] if training.clip_norm > 0 else [step]
    if training.max_norm > 0:
        phases.append(_limit_rows(planner, training, layout))
    return [phase for phase in phases if phase]


def _taken(planner: Planner) -> list[Row]:
    rows, planner.forward_rows = planner.forward_rows, []
    return rows


def _gradient_rows(
    planner: Planner, training: Training, layout: Layout, segment: Segment, number: int
) -> list[Row]:
    """Sum over shards, L1 and L2, limits a number, and the norm if it is limited."""
    planner.forward_rows = []
    g, size = segment.gradient, segment.size
    if planner.shards > 1 and segment.summed:
        planner.forward(common.sum_shards, g, size, planner.shards, layout.trainable_size)
    if segment.regularized:
        planner.forward(
            common.regularize, segment.parameter, g, size, planner.hyper("l1"), planner.hyper("l2")
        )
    if training.clip_value > 0:
        planner.forward(common.clip_values, g, size, planner.constant(training.clip_value))
    if training.clip_norm > 0:
        planner.forward(common.squared_norm, g, size, layout.norms + number)
    return _taken(planner)


def _step_rows(
    planner: Planner, training: Training, layout: Layout, segment: Segment, number: int, count: int
) -> list[Row]:
    """Scale the gradient if its norm is too large, step, and average."""
    planner.forward_rows = []
    if training.clip_norm > 0:
        planner.forward(
            common.clip_norm, segment.gradient, segment.size, layout.norms, count,
            planner.constant(training.clip_norm),
        )  # fmt: skip
    if segment.rate_factor != 1.0:
        place = Fixed(1)
        place.offset = layout.rates + number
        factor = planner.constant(segment.rate_factor)
        planner.forward(common.scale_rate, place, planner.hyper("learning_rate"), factor)
        planner.rate_place = place
    training.optimizer.lower(planner, segment)  # type: ignore[arg-type]
    planner.rate_place = None
    if training.averaging > 0:
        mean = layout.average + segment.parameter - layout.begin
        decay = planner.constant(training.averaging)
        planner.forward(common.average, segment.parameter, mean, segment.size, decay)
    return _taken(planner)


def _limit_rows(planner: Planner, training: Training, layout: Layout) -> list[list[Row]]:
    """One task a weight: no unit's incoming weights may be longer than ``max_norm``."""
    tasks = []
    for place in layout.ordered:
        if place.learns and place.parameter.regularized and len(place.parameter.shape) > 1:
            planner.forward_rows = []
            units = place.parameter.shape[-1]
            limit = planner.constant(training.max_norm)
            planner.forward(common.max_norm, place, place.size // units, units, limit)
            tasks.append(_taken(planner))
    return tasks
