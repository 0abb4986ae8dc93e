"""The list of runs: a tree with names, notes, and what can be done to each."""

from __future__ import annotations

import csv

import pytest
from PySide6.QtCore import Qt

from nnstudio.app.panels.runs import NAME, NOTES, NUMBER, RunsPanel
from nnstudio.engine.runs import Run
from tests.app.fakes import FakeSession
from tests.app.panels.fakes import curves_of, feed, plane_case, shown, view_of


@pytest.fixture
def panel(qtbot):
    case = plane_case()
    made = shown(qtbot, RunsPanel, case, (420, 200))
    made.session = FakeSession()
    made.session.curves = lambda: curves_of([0.5], [0.6])
    runs = made.session.runs
    runs._runs[1] = Run(1, steps=200, curves=curves_of([0.5, 0.2], [0.7, 0.3]), setup=case[0])
    runs._runs[2] = Run(2, parent=1, branched_at=100, steps=150, setup=case[0])
    runs._present = 2
    runs.change(1, notes="")
    feed(made, view_of(*case, curves=curves_of()))
    return made


def test_hidden_it_knows_how_many_there_are(panel):
    count = len(panel.session.runs.all())
    assert count > 1
    panel._shown = None
    assert panel.summary() == f"{count} runs."


def test_branches_stand_under_their_run(panel):
    top = panel.tree.topLevelItem(0)
    assert panel.tree.topLevelItemCount() == 1 and top.childCount() == 1
    assert top.text(NAME) == "Run 1" and top.text(1) == "200" and top.text(2) == "0.3000"
    assert "100" in top.child(0).toolTip(NAME) and top.child(0).font(NAME).bold()


def test_names_and_notes_are_typed(qtbot, panel):
    panel.tree.setCurrentItem(panel.tree.topLevelItem(0))
    qtbot.keyClick(panel, Qt.Key.Key_F2)
    qtbot.keyClicks(panel.tree.focusWidget(), "steep")
    qtbot.keyClick(panel.tree.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.session.runs[1].name == "steep")
    panel.tree.topLevelItem(0).setText(NOTES, "learns fast")
    assert panel.session.runs[1].notes == "learns fast"


def test_open_pin_hide_delete_export(qtbot, panel, tmp_path):
    runs = panel.session.runs
    panel.tree.setCurrentItem(panel.tree.topLevelItem(0))
    with qtbot.waitSignal(panel.document.run_wanted) as told:
        qtbot.keyClick(panel, Qt.Key.Key_Return)
    assert told.args == [1]
    panel.act("pin")
    assert runs[1].pinned and "★" in panel.tree.topLevelItem(0).text(NAME)
    panel.act("hide")
    assert runs[1].hidden
    panel.export_to(str(tmp_path / "run.csv"))
    rows = list(csv.DictReader((tmp_path / "run.csv").read_text("utf-8").splitlines()))
    assert [float(row["train_loss"]) for row in rows] == [0.5, 0.2]
    qtbot.keyClick(panel, Qt.Key.Key_Delete)
    assert 1 not in runs and panel.tree.topLevelItemCount() == 1
    assert runs[2].parent == 0


def test_a_run_that_was_forgotten_since_it_was_shown(panel, tmp_path):
    """The thread of the session forgets old runs whenever it wants room."""
    top = panel.tree.topLevelItem(0)
    panel.tree.setCurrentItem(top)
    at = panel.tree.visualItemRect(top).center()
    panel.session.runs.delete(1)
    panel.act("pin")
    panel.export_to(str(tmp_path / "run.csv"))
    assert not (tmp_path / "run.csv").exists()
    panel.tree.customContextMenuRequested.emit(at)
    assert not panel.menu.isVisible()
    assert [panel.tree.topLevelItem(0).data(NAME, NUMBER)] == [2]


def test_a_second_wish_to_write_a_note_while_it_is_written(panel):
    """A double click in the menu asks twice; Qt would warn."""
    panel.tree.setCurrentItem(panel.tree.topLevelItem(0))
    for _ in range(2):
        panel.act("note")
    assert panel.tree.focusWidget() is not panel.tree
