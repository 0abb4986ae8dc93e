"""Gradients of a view, against finite differences."""

import numpy as np
import pytest

from tests.app.panels.fakes import conv_case, image_case, plane_case, table_case, view_of

CASES = {
    "plane": plane_case,
    "image": lambda: image_case(side=6, classes=3, units=5),
    "regression": table_case,
    "classes": lambda: table_case("classification"),
    "convolution": conv_case,
}


@pytest.mark.parametrize("case", CASES)
def test_the_gradient_by_the_input(case):
    setup, data = CASES[case]()
    view = view_of(setup, data)
    x = data.prepared(data.train.x[:3]).copy()
    random = np.random.default_rng(3)
    weights = random.standard_normal(view.predict(x).shape).astype(np.float32)
    found = view.derive(x, weights).by_input
    direction = random.standard_normal(x.shape).astype(np.float32)
    size = 1e-3
    change = view.predict(x + size * direction) - view.predict(x - size * direction)
    expected = float((change.astype(float) * weights).sum()) / (2 * size)
    assert float((found * direction).sum()) == pytest.approx(expected, rel=0.05, abs=2e-2)
    assert found.any()


@pytest.mark.parametrize("case", CASES)
def test_the_gradient_of_the_loss_by_parameters(case):
    setup, data = CASES[case]()
    view = view_of(setup, data)
    x, y = data.prepared(data.train.x[:13]), data.train.y[:13]
    loss, gradients = view.loss_gradients(x, y)
    logits = setup.network.output.layer.activation not in ("softmax", "sigmoid")
    rule = setup.training.loss

    def value(parameters):
        return rule.value(view_of(setup, data, parameters).predict(x), y, data.task, logits)

    assert loss == pytest.approx(value(dict(view.snapshot.parameters)), rel=1e-4)
    random = np.random.default_rng(4)
    for key, gradient in gradients.items():
        direction = random.standard_normal(gradient.shape).astype(np.float32)
        ends = [
            value({**view.snapshot.parameters, key: view.snapshot.parameters[key] + s * direction})
            for s in (2e-3, -2e-3)
        ]
        expected = (ends[0] - ends[1]) / 4e-3
        assert float((gradient * direction).sum()) == pytest.approx(expected, rel=0.1, abs=2e-2)


def test_the_gradient_by_a_node_and_a_network_that_ends_early():
    setup, data = conv_case()
    view = view_of(setup, data)
    x = data.prepared(data.train.x[:2])
    node = setup.network.nodes[1].id
    ones = np.ones_like(view.predict(x))
    found = view.derive(x, ones, [node])
    np.testing.assert_allclose(found.values[node], view.activations(x, [node])[node], atol=1e-6)
    assert found.gradients[node].shape == found.values[node].shape and found.gradients[node].any()
    early = view.derive(x, np.ones_like(found.values[node]), upto=node)
    np.testing.assert_allclose(early.output, found.values[node], atol=1e-6)
    assert early.by_input.shape == x.shape and early.by_input.any()
