"""Views that take many turns: landscape, excitation, bent grid."""

import numpy as np
import pytest

from nnstudio.analysis.landscape import flat, shaped
from nnstudio.app.panels.bending import BendingPanel
from nnstudio.app.panels.excitation import ExcitationPanel
from nnstudio.app.panels.landscape import EXAMPLES, SIDE, LandscapePanel
from nnstudio.app.sampled import sample
from tests.app.panels.fakes import (
    conv_case,
    feed,
    parameters_of,
    plane_case,
    shown,
    table_case,
    view_of,
)


def until_whole(panel, view):
    for _ in range(2000):
        feed(panel, view)
        if panel.result is not None and panel._survey.work.done:
            return
    raise AssertionError("it never ends")


@pytest.mark.parametrize("case", [plane_case, table_case, conv_case])
def test_the_landscape_holds_losses(qtbot, case):
    setup, data = case()
    panel = shown(qtbot, LandscapePanel, (setup, data))
    view = view_of(setup, data)
    before = panel.request()
    feed(panel, view)
    assert panel.request() != before  # it asks for another turn
    until_whole(panel, view)
    result = panel.result
    assert np.isfinite(result.values).all()
    middle = SIDE // 2
    assert result.values[middle, middle] == pytest.approx(result.here, rel=1e-4)
    survey = panel._survey
    moved = flat(view.snapshot.parameters, survey.keys) - survey.plane[0] - survey.plane[1]
    x, y = sample(view, EXAMPLES)
    corner = view_of(setup, data, shaped(moved, view.snapshot.parameters, survey.keys))
    output = corner.predict(x)
    logits = setup.network.output.layer.activation not in ("softmax", "sigmoid")
    expected = setup.training.loss.value(output, y, data.task, logits)
    assert result.values[0, 0] == pytest.approx(expected, rel=1e-3)
    # Looking elsewhere has not disturbed what others see.
    np.testing.assert_array_equal(view.predict(x[:5]), view_of(setup, data).predict(x[:5]))


def test_the_path_is_drawn_in_its_plane(qtbot):
    setup, data = plane_case()
    panel = shown(qtbot, LandscapePanel, (setup, data))
    panel.kind.choose("path")
    panel._anew()
    first = parameters_of(setup.network, 0)
    for step in range(6):
        now = {key: value * (1 - 0.1 * step) for key, value in first.items()}
        feed(panel, view_of(setup, data, now, step=step))
        if step < 2:
            assert "path" in panel.summary()
    assert [step for step, _ in panel._path] == [0, 1, 2, 3, 4, 5]
    panel._anew()
    until_whole(panel, view_of(setup, data, now, step=5))
    assert panel.result.path[-1].tolist() == pytest.approx([0, 0])
    lengths = np.hypot(*panel.result.path.T)
    size = np.linalg.norm(flat(first, panel._survey.keys))
    assert lengths[0] == pytest.approx(0.5 * size, rel=1e-3)


@pytest.mark.parametrize("case", [plane_case, conv_case])
def test_an_excited_unit_answers_more(qtbot, case):
    case = case()
    panel = shown(qtbot, ExcitationPanel, case)
    node = case[0].network.nodes[1].id
    panel.document.selection.choose_unit(node, 1)
    assert (panel._climb.node, panel._climb.number) == (node, 1)
    view = view_of(*case)
    for _ in range(500):
        result = feed(panel, view)
        if result.done:
            break
    assert result.done
    given = view.activations(result.x[None], [node])[node][0]
    assert given.reshape(-1, given.shape[-1]).mean(0)[1] == pytest.approx(
        result.values[-1], abs=0.1
    )
    x, _ = sample(view, 64)
    usual = view.activations(x, [node])[node][..., 1]
    assert result.values[-1] > usual.reshape(len(x), -1).mean(1).mean()
    assert result.values[-1] > result.values[0]
    feed(panel, view)
    assert panel.request() == panel.request()  # it rests


def test_the_grid_goes_through_every_layer(qtbot):
    case = plane_case()
    panel = shown(qtbot, BendingPanel, case, (400, 320))
    result = feed(panel, view_of(*case))
    assert result.wide == (2, 4, 1) and len(result.grids) == 3
    straight = result.grids[0]
    np.testing.assert_allclose(np.diff(straight, 2, axis=1), 0, atol=1e-9)
    assert np.abs(np.diff(result.grids[1], 2, axis=1)).max() > 1e-3  # tanh bends
    panel.play.click()
    seen = set()
    for _ in range(60):
        panel._next()
        seen.add(panel.stage.value)
    assert len(seen) >= 2
    panel.hide()
    assert not panel._timer.isActive()


def test_the_grid_needs_the_plane(qtbot):
    case = table_case()
    panel = shown(qtbot, BendingPanel, case)
    feed(panel, view_of(*case))
    assert panel.summary() == "This view needs 2-D data, such as the spirals."
