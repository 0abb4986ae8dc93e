"""Numbers as people read them."""

import pytest

from nnstudio.app.figures import loss_text, percent_text, plain_text, signed_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0121, "0.0121"), (1.5, "1.5000"), (12.34, "12.3"), (123456, "1.23e5"), (0, "0"),
        (3.2e-7, "3.2e−7"), (float("nan"), "–"), (float("inf"), "∞"),
    ],
)  # fmt: skip
def test_losses(value, text):
    assert loss_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.82, "+0.82"), (-0.0034, "−0.0034"), (12.34, "+12.3"), (-1234, "−1,234"),
        (0, "+0.00"), (-2e-6, "−2.0e−6"), (float("-inf"), "−∞"), (float("nan"), "–"),
    ],
)  # fmt: skip
def test_signed(value, text):
    assert signed_text(value) == text


def test_others():
    assert plain_text(0.5) == "0.50" and plain_text(-0.5) == "−0.50"
    assert percent_text(0.985) == "98.5 %" and percent_text(float("nan")) == "–"
