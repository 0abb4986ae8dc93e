"""Numbers and verdict."""

from types import SimpleNamespace

import numpy as np

from nnstudio.app.canvas import edits
from nnstudio.app.panels.scores import ScoresPanel
from nnstudio.core.fitting import fit
from nnstudio.core.text import StudioError, mark
from tests.app.panels.fakes import curves_of, feed, plane_case, shown, table_case, view_of


def falling(n=200):
    return 0.7 * np.exp(-np.arange(n) / 80)


def test_numbers_are_the_snapshots(qtbot):
    case = plane_case()
    panel = shown(qtbot, ScoresPanel, case)
    feed(panel, view_of(*case, train_loss=0.0121, valid_loss=0.0184, train_accuracy=0.995))
    assert [label.text() for label in panel._figures.values] == [
        "0.0121",
        "99.5 %",
        "0.0184",
        "80.0 %",
    ]


def test_figures_fit_a_narrow_column(qtbot):
    panel = shown(qtbot, ScoresPanel, plane_case(), (310, 120))
    figures = panel._figures
    assert not figures.is_table and figures.names[0].text() == "Training loss"
    panel.resize(200, 140)
    assert figures.is_table and figures.names[0].text() == "Training"
    assert all(label.geometry().right() <= figures.width() for label in figures.values)


def test_regression_shows_no_accuracy(qtbot):
    panel = shown(qtbot, ScoresPanel, table_case("regression"))
    assert [label.isVisible() for label in panel._figures.values] == [True, False, True, False]


def test_a_verdict_changes_when_it_holds(qtbot):
    case = plane_case()
    panel = shown(qtbot, ScoresPanel, case)
    assert "Not started." in panel.summary()
    healthy = curves_of(falling(), falling() * 1.05)
    feed(panel, view_of(*case, curves=healthy, running=True))
    assert panel._scores.diagnosis.kind == "healthy"
    over = np.concatenate([falling(), falling(200)[-1] + np.linspace(0, 0.5, 200)])
    worse = curves_of(np.concatenate([falling(), falling()[-1] * np.ones(200)]), over)
    feed(panel, view_of(*case, curves=worse, running=True))
    assert panel._scores.diagnosis.kind == "healthy"
    for _ in range(6):
        feed(panel, view_of(*case, curves=worse, running=True))
    assert panel._scores.diagnosis.kind == "overfitting"
    feed(panel, view_of(*case, curves=healthy, running=False))  # at rest: at once
    assert panel._scores.diagnosis.kind == "healthy"


def test_divergence_is_told_at_once_and_other_errors_are_not_divergence(qtbot):
    case = plane_case()
    panel = shown(qtbot, ScoresPanel, case)
    curves = curves_of(falling(), falling())
    feed(panel, view_of(*case, curves=curves, running=True))
    other = StudioError(mark("Choose a loss and an optimizer first."))
    feed(panel, view_of(*case, curves=curves, error=other, running=True))
    assert panel._scores.diagnosis.kind == "healthy"
    error = StudioError("Training stopped at step {step}.", step="12")
    feed(panel, view_of(*case, curves=curves, error=error, running=True))
    assert panel._scores.diagnosis.kind == "diverged"
    assert "Diverged." in panel._verdict.accessibleName()


def test_an_edit_begins_a_new_verdict(qtbot):
    setup, data = plane_case()
    panel = shown(qtbot, ScoresPanel, (setup, data))
    jump = np.concatenate([falling(), 5 * falling()])
    curves = curves_of(jump, jump)
    feed(panel, view_of(setup, data, curves=curves, step=400))
    assert panel._scores.diagnosis.level == "warning"
    panel.session = SimpleNamespace(latest=SimpleNamespace(step=200))
    network = setup.network.remove([setup.network.nodes[1].id])
    panel.document.edit("without", fit(setup.with_network(network), data))
    assert panel.request() == 200
    feed(panel, view_of(setup, data, curves=curves, step=400))
    assert panel._scores.diagnosis.level == "good"
    panel.session.latest.step = 3
    assert panel.request() == 0


def test_a_network_that_cannot_run_is_not_called_healthy(qtbot):
    case = plane_case()
    panel = shown(qtbot, ScoresPanel, case)
    feed(panel, view_of(*case, curves=curves_of(falling(), falling() * 1.05)))
    assert "Healthy." in panel.summary()
    panel.document.edit("Empty network", edits.emptied(panel.document.setup))
    assert "Not trainable as it is." in panel.summary() and "0.5000" in panel.summary()
    panel.document.stack.undo()
    assert "Not trainable" not in panel.summary()


def test_after_a_change_nobody_says_that_training_has_not_begun():
    case = plane_case()
    before = view_of(*case, curves=curves_of(falling()))
    assert ScoresPanel.measure(before, 10_000).diagnosis.kind == "changed"
    assert ScoresPanel.measure(view_of(*case), 0).diagnosis.kind == "idle"
