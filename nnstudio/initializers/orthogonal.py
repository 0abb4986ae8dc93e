"""Orthogonal initialisation: a random rotation (Saxe, McClelland and Ganguli 2014, arXiv
1312.6120)."""

from __future__ import annotations

import numpy as np

from nnstudio.core.contracts import Initializer, Parameter
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("Orthogonal.v1")
class Orthogonal(Initializer):
    """Orthonormal columns, or rows if there are fewer of them; the last axis counts as columns."""

    label = mark("Orthogonal")
    help = mark("A random rotation: no signal is stretched or lost, however deep the network.")
    formula = "WᵀW = I"
    name = "orthogonal"

    def fill(self, parameter: Parameter, random: np.random.Generator) -> np.ndarray:
        """The Q of a random matrix's QR, with signs that make every rotation equally likely."""
        columns = parameter.shape[-1] if len(parameter.shape) > 1 else 1
        rows = parameter.size // max(columns, 1)
        drawn = random.standard_normal((max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(drawn)
        q *= np.where(np.diag(r) < 0, -1.0, 1.0)
        q = q if rows >= columns else q.T
        return q.reshape(parameter.shape).astype(np.float32)
