"""Saliency against finite differences and by hand; dead and saturated units."""

import numpy as np
import pytest

from nnstudio.analysis.activity import activity
from nnstudio.analysis.probability import class_probabilities
from nnstudio.analysis.saliency import grad_cam, occlusion, replacement, score_gradient


@pytest.mark.parametrize("outputs", [1, 4])
@pytest.mark.parametrize("logits", [True, False])
def test_the_gradient_of_a_score(outputs, logits):
    random = np.random.default_rng(outputs)
    raw = random.standard_normal((1, outputs))
    output = raw if logits else class_probabilities(raw, True)[:, -outputs:]
    number = 0 if outputs == 1 else 2

    def score(values):
        if logits:
            return values[0, number] if outputs > 1 else -values[0, 0]
        return np.log(values[0, number] if outputs > 1 else 1 - values[0, 0])

    found = score_gradient(class_probabilities(output, logits)[0], number, outputs, logits)
    for at in range(outputs):
        step = np.zeros_like(output)
        step[0, at] = 1e-5
        expected = (score(output + step) - score(output - step)) / 2e-5
        assert found[0, at] == pytest.approx(expected, rel=1e-3, abs=1e-4)
    assert found[0, number if outputs > 1 else 0] != 0


def test_occlusion_finds_the_pixel_that_counts():
    x = np.zeros((6, 6, 1), np.float32)
    x[4, 1] = 3
    found = occlusion(lambda many: many[:, 4, 1, 0], x, 2, 0.0)
    assert found[4, 1] == 3 and found[0, 5] == 0
    assert found.max() == 3


def test_replacement_of_a_linear_score():
    weight, usual = np.array([1.0, -2.0, 0.5]), np.array([0.5, 0.5, 0.5])
    x = np.array([2.0, 1.0, 0.5])
    found = replacement(lambda rows: rows @ weight, x, usual)
    np.testing.assert_allclose(found, weight * (x - usual))


def test_grad_cam_weighs_channels_by_their_gradient():
    values = np.zeros((2, 2, 2))
    values[0, 0, 0], values[1, 1, 1] = 2, 5
    gradients = np.zeros((2, 2, 2))
    gradients[..., 0], gradients[..., 1] = 1.5, -1
    np.testing.assert_allclose(grad_cam(values, gradients, 2, 2), [[3, 0], [0, 0]])
    assert grad_cam(values, gradients, 8, 6).shape == (8, 6)


def test_units_are_judged():
    values = np.array([[0.0, 1.0, 0.0], [0.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
    found = activity(values, "relu")
    assert found.dead.tolist() == [True, False, False]
    np.testing.assert_allclose(found.active, [0, 2 / 3, 1 / 3])
    ends = np.array([[0.99, 0.5], [-0.999, 0.99], [1.0, -0.2]])
    assert activity(ends, "tanh").saturated.tolist() == [True, False]
    assert not activity(ends, "gelu").dead.any()
    assert activity(np.ones((5, 2, 2, 3)), "gelu").dead.all()
