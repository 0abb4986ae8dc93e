"""Memory between what is still used goes back to the system."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from nnstudio.core import heap
from tests.benchmarks.cycles import memory


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system's own heap sees to it")
def test_gaps_between_kept_arrays_are_given_back(monkeypatch):
    monkeypatch.setattr(heap, "_next", 0.0)
    blocks = [np.ones(25_000, np.float32) for _ in range(1500)]  # 100 kB each: from the heap
    kept = blocks[::2]
    del blocks
    full = memory()
    assert heap.give_back()
    assert full - memory() > 40
    assert all(block.sum() == 25_000 for block in kept)
    assert not heap.give_back()  # not again at once
