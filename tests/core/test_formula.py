"""Formulas: what they mean, and what they must never do."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.formula import parse
from nnstudio.core.text import StudioError

X1, X2 = np.linspace(-3, 3, 13), np.linspace(2, -2, 13)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("x1 + 2*x2", lambda a, b: a + 2 * b),
        ("x1^2 - x2**2", lambda a, b: a**2 - b**2),
        ("sin(x1)*x2 > 0", lambda a, b: math.sin(a) * b > 0),
        ("0 < x1 < 2 or not x2 > 1", lambda a, b: (0 < a < 2) or not b > 1),
        ("x1 > 0 and x2 > 0", lambda a, b: a > 0 and b > 0),
        ("max(x₁, x₂) · π", lambda a, b: max(a, b) * math.pi),
        ("exp(-abs(x1)) / (1 + e)", lambda a, b: math.exp(-abs(a)) / (1 + math.e)),
        ("x1 ≥ −1", lambda a, b: a >= -1),
        ("hypot(x1, x2) % 2 // 1", lambda a, b: math.hypot(a, b) % 2 // 1),
        ("3", lambda a, b: 3),
    ],
)
def test_values(text, meaning):
    wanted = [float(meaning(a, b)) for a, b in zip(X1, X2, strict=True)]
    np.testing.assert_allclose(parse(text)({"x1": X1, "x2": X2}), wanted, rtol=1e-12)


@pytest.mark.parametrize(
    "text",
    ["", "x1 +", "y > 1", "x1.real", "__import__('os')", "open('f')", "(lambda: 1)()", "[x1]",
     "x1 if x2 else 1", "sin(x1, x2)", "sin(x=1)", "'a' * 9", "x1[0]", "9**9**9**9 * '1'",
     "(x1 := 2)", "True", "1j", "f'{x1}'", "x1 & 1", "x1 @ x2", "1" + "+1" * 3000, "(" * 300],
)  # fmt: skip
def test_nothing_else_is_read(text):
    with pytest.raises(StudioError) as caught:
        parse(text)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("text", ["1/x1", "log(x2)", "9^9^9^9", "sqrt(x1 - 99)"])
def test_where_there_is_no_value(text):
    with pytest.raises(StudioError, match="has no value at x1 ="):
        parse(text)({"x1": X1, "x2": X2})


@given(st.text("x12+-*/()sinmax <>=andort.,^e ", max_size=40))
def test_any_text_is_a_formula_or_a_sentence(text):
    try:
        parse(text)({"x1": X1, "x2": X2})
    except StudioError as error:
        assert str(error)


def test_as_data():
    def load(formula):
        return registry.from_json(
            Dataset, {"type": "FormulaPlane.v1", "formula": formula, "noise": 0}
        ).load()

    data = load("sin(x1) * x2 > 0")
    points, y = data.points, data.train.y[:, 0]
    assert data.task == "classification"
    np.testing.assert_array_equal(y == 1, np.sin(points[:, 0]) * points[:, 1] > 0)
    surface = load("x1 * x2")
    assert surface.task == "regression" and surface.classes == ()
    assert 0.9 < np.abs(surface.train.y).max() <= 1
    with pytest.raises(StudioError, match="same everywhere"):
        load("x1 > 100")
