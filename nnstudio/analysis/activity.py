"""Units that do nothing: dead ones never fire, saturated ones have nowhere to go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Saturated: so near to an end for so large a share of the examples.
NEAR, MOST = 0.03, 0.95
#: The ends of activations that have them.
ENDS = {
    "tanh": (-1.0, 1.0),
    "sigmoid": (0.0, 1.0),
    "softsign": (-1.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
}
#: Activations that are zero where they do not fire.
FIRING = ("relu",)


@dataclass(frozen=True)
class Activity:
    """Of each unit (channel): the share of examples (and places) for which it is active, its mean
    and deviation, and whether it is dead or saturated."""

    active: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray
    dead: np.ndarray
    saturated: np.ndarray


def activity(values: np.ndarray, activation: str) -> Activity:
    """Judge units by their values (n, ..., units)."""
    flat = values.reshape(-1, values.shape[-1])
    deviation = flat.std(0)
    if activation in ENDS:
        low, high = ENDS[activation]
        near = (high - low) * NEAR
        at_end = (flat < low + near) | (flat > high - near)
        share = at_end.mean(0)
        return Activity(
            1 - share, flat.mean(0), deviation, np.zeros(len(share), bool), share > MOST
        )
    active = (flat != 0).mean(0)
    dead = active == 0 if activation in FIRING else deviation < 1e-7
    return Activity(active, flat.mean(0), deviation, dead, np.zeros(len(active), bool))
