"""Seeded random numbers and splits for data sets: equal seeds give equal data, everywhere."""

from __future__ import annotations

import numpy as np

#: Streams of one seed: independent numbers for each purpose, so that one setting (noise, training
#: share) can change without drawing anything else anew.
BASE, NOISE, SPLIT = 0, 1, 2


def generator(seed: int, stream: int) -> np.random.Generator:
    """Random numbers of a seed and stream (Philox, counter-based: Salmon et al. 2011)."""
    return np.random.Generator(np.random.Philox(key=np.array([seed, stream], dtype=np.uint64)))


def split(count: int, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows (sorted) of the training part and of the validation part of ``count`` examples.

    Both parts get at least one of two or more examples. A larger share keeps the training rows
    of a smaller one and adds to them.
    """
    order = generator(seed, SPLIT).permutation(count)
    first = _first(count, share)
    return np.sort(order[:first]), np.sort(order[first:])


def stratified_split(classes: np.ndarray, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Like ``split``, with each class (n whole numbers) divided by the same share.

    A class of one example goes to training, a class of more is in both parts.
    """
    random = generator(seed, SPLIT)
    train, valid = [], []
    for number in np.unique(classes):
        rows = random.permutation(np.flatnonzero(classes == number))
        first = _first(len(rows), share)
        train.append(rows[:first])
        valid.append(rows[first:])
    return np.sort(np.concatenate(train)), np.sort(np.concatenate(valid))


def _first(count: int, share: float) -> int:
    """How many of ``count`` examples are for training."""
    return min(max(round(count * share), 1), max(count - 1, 1))
