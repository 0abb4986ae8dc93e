"""Views of the network's inside, as a person uses them."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from nnstudio.app.panels import embedding
from nnstudio.app.panels.activations import ActivationsPanel
from nnstudio.app.panels.dead_units import DeadUnitsPanel
from nnstudio.app.panels.embedding import EmbeddingPanel
from nnstudio.app.panels.gradient_flow import Before, GradientFlowPanel
from nnstudio.app.panels.histograms import HistogramsPanel, distribution
from nnstudio.app.panels.saliency import SaliencyPanel
from nnstudio.app.selection import Example, Unit
from nnstudio.app.view_panel import Missing
from tests.app.panels.fakes import (
    conv_case,
    feed,
    image_case,
    parameters_of,
    plane_case,
    shown,
    table_case,
    view_of,
)


def test_a_unit_can_be_chosen_and_its_layer_followed(qtbot):
    case = conv_case()
    setup, data = case
    panel = shown(qtbot, ActivationsPanel, case, (420, 300))
    view = view_of(*case)
    result = feed(panel, view)
    node = setup.network.nodes[1].id
    x = data.prepared(data.valid.x[:1])
    np.testing.assert_allclose(result.values, view.activations(x, [node])[node][0])
    assert len(panel.gallery.tiles) == 4
    place = panel.gallery.places()[2].center().toPoint()
    qtbot.mouseClick(panel.gallery, Qt.MouseButton.LeftButton, pos=place)
    assert panel.document.selection.unit == Unit(node, 2) and panel.gallery.tiles[2].chosen
    panel.document.selection.choose_example("valid", 3)
    assert panel.request()[1] == Example("valid", 3)
    panel.document.selection.choose_unit(setup.network.output.id, 0)
    assert panel.layer.value == setup.network.output.id


def test_histograms_hold_every_weight(qtbot):
    case = plane_case()
    panel = shown(qtbot, HistogramsPanel, case, (420, 300))
    assert panel.request() == "gradients"
    panel.kind.choose("weights")
    result = feed(panel, view_of(*case, step=10))
    for node, found in result.layers.items():
        weight = view_of(*case).parameter(node, "weight")
        assert found.shares.sum() == pytest.approx(1)
        assert found.deviation == pytest.approx(weight.std())
        expected = np.histogram(weight, found.edges)[0] / weight.size
        np.testing.assert_allclose(found.shares, expected)
    feed(panel, view_of(*case, parameters=parameters_of(case[0].network, 5), step=20))
    assert [kept.step for kept in panel.slices] == [10, 20]
    feed(panel, view_of(*case, step=0))  # begun anew
    assert [kept.step for kept in panel.slices] == [0]
    for step in range(1, 300):
        panel.display(HistogramsPanel.measure(view_of(*case, step=step), "weights"))
    assert 5 < len(panel.slices) <= 15 and panel.slices[-1].step == 299
    panel.kind.menu().actions()[1].trigger()
    assert panel.request() == "gradients" and not panel.slices
    feed(panel, view_of(*case))
    assert "Standard deviations" in panel.summary()


def test_the_change_of_weights_is_measured():
    setup, data = plane_case()
    old = parameters_of(setup.network, 1)
    new = {key: value * 1.1 for key, value in old.items()}
    before = Before(5, {node: old[node, "weight"] for node, name in old if name == "weight"})
    found = GradientFlowPanel.measure(view_of(setup, data, new, step=15), before)
    for ratio in found.ratios.values():
        assert ratio == pytest.approx(0.1 / 10, rel=1e-4)
    assert all(size > 0 for size in found.gradients.values())


def test_gradient_flow_keeps_its_past(qtbot):
    case = plane_case()
    panel = shown(qtbot, GradientFlowPanel, case)
    for step in (1, 2, 3):
        feed(panel, view_of(*case, parameters=parameters_of(case[0].network, step), step=step))
    assert [flow.step for flow in panel.past] == [1, 2, 3]
    assert not panel.past[0].weights and panel.past[-1].weights  # only the newest are needed
    assert len(panel.chart.figure.lines) == 2


def test_dead_units_are_counted(qtbot):
    setup, data = image_case(side=6, classes=3, units=8)
    parameters = parameters_of(setup.network)
    node = setup.network.nodes[2].id
    parameters[node, "bias"][:3] = -1e4
    panel = shown(qtbot, DeadUnitsPanel, (setup, data))
    result = feed(panel, view_of(setup, data, parameters))
    assert result.layers[node].dead[:3].all()
    dead = int(result.layers[node].dead.sum())
    assert panel.summary() == f"Of 8 hidden units {dead} are dead and 0 saturated."


@pytest.mark.parametrize("case", [plane_case, image_case, table_case])
def test_the_embedding_is_that_of_scikit_learn(qtbot, case):
    decomposition = pytest.importorskip("sklearn.decomposition")
    case = case()
    panel = shown(qtbot, EmbeddingPanel, case, (420, 320))
    view = view_of(*case)
    result = feed(panel, view)
    node = panel.layer.value
    x = case[1].prepared(case[1].valid.x[result.rows])
    values = view.activations(x, [node])[node].reshape(len(x), -1)
    expected = decomposition.PCA(2, svd_solver="full").fit_transform(values)
    np.testing.assert_allclose(np.abs(result.points), np.abs(expected), atol=1e-3)
    spots = panel.chart.pixels(result.points[:, 0], result.points[:, 1])
    qtbot.mouseClick(
        panel.chart, Qt.MouseButton.LeftButton, pos=QPoint(*np.rint(spots[4]).astype(int).tolist())
    )
    chosen = panel.document.selection.example
    away = np.hypot(*(spots - spots[4]).T)
    assert away[list(result.rows).index(chosen.row)] < 3


def test_tsne_settles_turn_by_turn(qtbot, monkeypatch):
    monkeypatch.setattr(embedding, "TURN", 0.002)  # a fast machine is done in one usual turn
    case = table_case("classification")
    panel = shown(qtbot, EmbeddingPanel, case)
    panel.method.choose("tsne")
    panel._anew()
    view = view_of(*case)
    first = panel.request()
    result = feed(panel, view)
    assert result.busy and panel.request() != first  # it asks for another turn
    for _ in range(3000):
        result = feed(panel, view)
        if not result.busy:
            break
    assert not result.busy
    assert panel.request() == panel.request()
    again = feed(panel, view)
    np.testing.assert_array_equal(again.points, result.points)


@pytest.mark.parametrize("case", [plane_case, table_case, conv_case])
def test_the_saliency_is_that_of_finite_differences(case):
    setup, data = case()
    view = view_of(setup, data)
    number = 0 if data.task == "regression" else 1
    result = SaliencyPanel.measure(view, ("gradient", Example("valid", 2), number))
    x = data.prepared(data.valid.x[2:3]).astype(np.float32)
    flat = result.values.ravel()
    for at in np.argsort(-np.abs(flat))[:4]:
        step = np.zeros_like(x).reshape(-1)
        step[at] = 1e-3
        step = step.reshape(x.shape)
        ends = [view.predict(x + s * step).reshape(1, -1).astype(float) for s in (1, -1)]
        if data.task == "regression":
            difference = ends[0][0, 0] - ends[1][0, 0]
        elif ends[0].shape[1] == 1:
            difference = np.log(ends[0][0, 0]) - np.log(ends[1][0, 0])
        else:
            difference = np.log(ends[0][0, number]) - np.log(ends[1][0, number])
        assert flat[at] == pytest.approx(difference / 2e-3, rel=0.05, abs=1e-2)


def test_grad_cam_says_what_it_needs(qtbot):
    case = table_case()
    panel = shown(qtbot, SaliencyPanel, case)
    panel.method.choose("cam")
    assert isinstance(feed(panel, view_of(*case)), Missing)
    assert "convolution" in panel.summary()
    case = conv_case()
    panel = shown(qtbot, SaliencyPanel, case)
    for method in ("cam", "occlusion", "gradient", "product"):
        panel.method.choose(method)
        result = feed(panel, view_of(*case))
        assert result.values.shape == (8, 8) and len(panel.gallery.tiles) == 2
        assert panel.summary().startswith("What speaks for")
    panel.document.selection.choose_class(2)
    assert feed(panel, view_of(*case)).number == 2


@pytest.mark.parametrize("size", [1.0, 1000.0, -3.0])
def test_numbers_that_hardly_differ_fill_one_bin(size):
    """float32 knows no edges between them."""
    values = np.float32(size) * np.array([1, 1, 1, 1 + 1e-7], np.float32)
    shares = distribution(values).shares
    assert shares.max() == 1.0 and np.count_nonzero(shares) == 1
