"""The time machine in the window: real sessions, real mouse and keys."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from nnstudio.app.settings import Settings
from nnstudio.app.studio import Studio
from nnstudio.app.training.statusbar import WARM_MILLISECONDS
from tests.helpers import layer, loss


@pytest.fixture
def studio(qtbot, look):
    made = Studio("circle", settings=Settings())
    made.start()
    qtbot.waitUntil(lambda: made.session.ready, timeout=240000)
    made.session.set_speed(None)
    yield made
    made.close()


@pytest.fixture
def machine(studio):
    return studio.window.features["time_machine"]


def train(qtbot, studio, steps):
    before = studio.session.latest.step
    studio.session.step(steps)
    qtbot.waitUntil(
        lambda: studio.session.latest.step == before + steps and not studio.session.playing,
        timeout=20000,
    )


def one_layer_more(qtbot, studio):
    """300 steps, another layer, 300 steps; gives the setup before."""
    document = studio.document
    train(qtbot, studio, 300)
    old = document.setup
    network, _ = old.network.insert_after(old.network.nodes[1].id, old.network.nodes[1].layer)
    document.edit("one more", old.with_network(network))
    qtbot.waitUntil(lambda: studio.session.runs.track().edits == (300,))
    train(qtbot, studio, 300)
    return old


def look_at(qtbot, machine, step):
    """Look at an earlier step, and wait until it shows."""
    machine.travel.look(step)
    qtbot.waitUntil(lambda: exact(machine))


def click(qtbot, track, step):
    qtbot.waitUntil(lambda: track.last > 0)
    at = QPoint(round(track.x_of(step)), track.height() // 2)
    qtbot.mouseClick(track, Qt.MouseButton.LeftButton, pos=at)


def exact(machine):
    return machine.travel.moment is not None and machine.travel.moment.exact


def test_dragging_shows_an_earlier_step_everywhere_and_now_returns(qtbot, studio, machine):
    train(qtbot, studio, 5000)
    track = machine.bar.track
    qtbot.waitUntil(lambda: track.last == 5000)
    click(qtbot, track, 1000)
    qtbot.waitUntil(lambda: exact(machine))
    shown = studio.bridge.shown
    assert shown.past and shown.step == machine.travel.wanted < 5000
    newest = studio.session.latest.parameters
    key = next(iter(newest))
    assert not np.array_equal(shown.parameters[key], newest[key])
    window = studio.window
    qtbot.waitUntil(lambda: window.topbar.step_count.number == shown.step)
    assert f"{shown.step:,}" in machine.bar.where.text()
    qtbot.waitUntil(lambda: window.status.state.text() == "Looking back")
    qtbot.mouseClick(machine.bar.now, Qt.MouseButton.LeftButton)
    assert studio.bridge.shown is studio.session.latest
    qtbot.waitUntil(lambda: window.topbar.step_count.number == 5000)


def test_nothing_but_now_ends_looking_back(qtbot, studio, machine):
    """Neither another language nor what looks at the engine now and then shows the newest step."""
    train(qtbot, studio, 500)
    look_at(qtbot, machine, 200)
    window = studio.window
    qtbot.waitUntil(lambda: window.topbar.step_count.number == 200)
    window.looks.set_language("zh")
    qtbot.waitUntil(lambda: window.status.state.text() == "回看中")
    assert window.topbar.step_count.number == 200
    window.looks.set_language("en")
    qtbot.wait(2 * WARM_MILLISECONDS)
    assert window.status.state.text() == "Looking back"
    assert window.topbar.step_count.number == 200


@pytest.mark.parametrize(("name", "steps"), [("play", None), ("step", 1), ("step_epoch", 20)])
def test_whoever_trains_sees_the_present(qtbot, studio, machine, name, steps):
    train(qtbot, studio, 500)
    look_at(qtbot, machine, 200)
    studio.window.actions_by_name[name].trigger()
    assert machine.travel.wanted is None and studio.bridge.past is None
    qtbot.waitUntil(lambda: studio.bridge.shown.step > 500)
    if steps is None:
        studio.session.pause()
    else:
        qtbot.waitUntil(lambda: not studio.session.playing)
        assert studio.session.latest.step == 500 + steps


def test_a_moment_that_is_still_being_made_does_not_show_after_play(qtbot, studio, machine):
    train(qtbot, studio, 500)
    machine.travel.look(200)
    assert studio.bridge.past is None  # it is not there yet
    studio.window.actions_by_name["play"].trigger()
    assert machine.travel.wanted is None
    qtbot.waitUntil(lambda: studio.session.latest.step > 600)
    assert studio.bridge.past is None
    studio.session.pause()


def test_a_preset_takes_the_place_of_whatever_shows(qtbot, studio, machine):
    train(qtbot, studio, 500)
    look_at(qtbot, machine, 200)
    menu = studio.window.menus.submenus["presets"]
    next(action for action in menu.actions() if action.data() == "xor").trigger()
    qtbot.waitUntil(lambda: studio.document.setup.name == "xor")
    assert studio.bridge.past is None and not studio.document.travels
    qtbot.waitUntil(lambda: studio.session.latest.step == 0)
    train(qtbot, studio, 10)


def test_play_minds_the_present_network_not_the_one_looked_back_at(qtbot, studio, machine):
    document, window = studio.document, studio.window
    train(qtbot, studio, 300)
    network = document.setup.network
    last = network.output.id
    bad = network.replace(last, layer("Dense.v1", units=3, activation="softmax"))
    document.edit("three answers", document.setup.with_network(bad))
    qtbot.waitUntil(lambda: studio.session.latest.error is not None)
    look_at(qtbot, machine, 200)
    assert document.setup.network == network
    window.actions_by_name["step"].trigger()
    assert document.setup.network == bad and window.canvas.selected_node() == last
    assert studio.session.latest.step == 300 and not studio.session.playing


def test_what_shows_is_what_is_exported_and_predicts(qtbot, studio, machine, tmp_path):
    train(qtbot, studio, 500)
    exporting = studio.window.features["exporting"]
    assert exporting.trained().step == 500
    look_at(qtbot, machine, 200)
    model = exporting.trained()
    assert model.step == 200 and max(model.curves["step"]) <= 200
    shown = studio.bridge.shown.parameters
    newest = studio.session.latest.parameters
    key = next(iter(shown))
    np.testing.assert_array_equal(model.parameters[key], shown[key])
    assert not np.array_equal(shown[key], newest[key])
    source = tmp_path / "points.csv"
    source.write_text("x1,x2\n0.5,1.5\n-3,2\n")
    predicting = studio.window.features["predicting"]
    texts = []
    for target in (tmp_path / "then.csv", tmp_path / "now.csv"):
        predicting.path = str(source)
        predicting.write(str(target))
        qtbot.waitUntil(lambda: not predicting.job.busy, timeout=20_000)
        texts.append(target.read_text())
        machine.now()
    assert texts[0] != texts[1]


def test_looking_at_another_network_is_no_edit_to_the_verdict(qtbot, studio, machine):
    document = studio.document
    old = one_layer_more(qtbot, studio)
    scores = studio.window.area.panel("scores")
    assert scores.request() == 300
    look_at(qtbot, machine, 200)
    assert document.setup == old
    machine.now()
    assert scores.request() == 300


def test_keys_move_by_one_step_home_and_end(qtbot, studio, machine):
    train(qtbot, studio, 800)
    track = machine.bar.track
    qtbot.waitUntil(lambda: track.last == 800)
    track.setFocus()
    for _ in range(3):
        qtbot.keyClick(track, Qt.Key.Key_Left)
    assert machine.travel.wanted == 797
    qtbot.keyClick(track, Qt.Key.Key_Right)
    assert machine.travel.wanted == 798
    qtbot.keyClick(track, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: exact(machine) and studio.bridge.shown.step == 0)
    qtbot.keyClick(track, Qt.Key.Key_End)
    assert machine.travel.wanted is None


def test_training_goes_on_while_one_looks_back(qtbot, studio, machine):
    train(qtbot, studio, 500)
    studio.session.play()
    qtbot.waitUntil(lambda: studio.session.latest.step > 600)
    machine.show()
    machine.back()
    qtbot.waitUntil(lambda: exact(machine))
    shown, newest = studio.bridge.shown.step, studio.session.latest.step
    qtbot.waitUntil(lambda: studio.session.latest.step > newest + 100)
    assert studio.bridge.shown.step == shown
    studio.session.pause()


def test_an_earlier_network_shows_as_it_was_and_cannot_be_edited(qtbot, studio, machine):
    document = studio.document
    old = one_layer_more(qtbot, studio)
    new = document.setup
    look_at(qtbot, machine, 200)
    assert document.setup == old and document.present[0] == new
    document.edit("in the past", old.with_training(learning_rate=0.5))
    assert document.setup == old and studio.window.notice.isVisible()
    machine.now()
    assert document.setup == new
    assert studio.session.latest.step == 600
    time.sleep(0.05)
    assert len(studio.session.runs.all()) == 1


def test_branch_here_begins_a_run_and_undo_goes_back(qtbot, studio, machine):
    train(qtbot, studio, 1000)
    end = {k: v.copy() for k, v in studio.session.latest.parameters.items()}
    look_at(qtbot, machine, 400)
    qtbot.mouseClick(machine.bar.branch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.session.latest.step == 400)
    assert machine.travel.wanted is None
    assert [run.parent for run in studio.session.runs.all()] == [0, 1]
    studio.document.edit("rate", studio.document.setup.with_training(learning_rate=0.3))
    train(qtbot, studio, 100)
    studio.window.undo()
    studio.window.undo()
    qtbot.waitUntil(lambda: studio.session.latest.step == 1000)
    for key, value in end.items():
        np.testing.assert_array_equal(studio.session.latest.parameters[key], value)
    studio.window.redo()
    qtbot.waitUntil(lambda: studio.session.latest.step == 500)
    assert studio.session.runs.present.number == 2


def test_after_a_divergence_the_notice_leads_back(qtbot, studio, machine):
    train(qtbot, studio, 200)
    setup = studio.document.setup
    network = setup.network
    for node in network.nodes[1:]:
        network = network.replace(
            node.id, layer("Dense.v1", units=node.layer.units, activation="linear")
        )
    studio.document.edit(
        "too fast",
        setup.with_network(network).with_training(learning_rate=100.0, loss=loss("MSE.v1")),
    )
    studio.session.play()
    qtbot.waitUntil(lambda: studio.session.latest.error is not None, timeout=20000)
    qtbot.waitUntil(lambda: len(studio.window.notice.choices) == 1)
    button = studio.window.notice.choices[0]
    assert "Go back to step" in button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.session.latest.error is None)
    assert len(studio.session.runs.all()) == 2
    assert np.isfinite(next(iter(studio.session.latest.parameters.values()))).all()


def test_any_place_of_a_long_run_shows_the_kept_step_and_then_the_very_one(qtbot, studio, machine):
    train(qtbot, studio, 100_000)
    track = machine.bar.track
    qtbot.waitUntil(lambda: track.last == 100_000)
    look_at(qtbot, machine, 1)
    seen = []
    machine.travel.changed.connect(lambda: seen.append(machine.travel.moment))
    for step in np.random.default_rng(0).integers(1, 99_999, 15):
        seen.clear()
        machine.travel.look(int(step))
        assert "nearest kept step" in machine.bar.where.text()
        qtbot.waitUntil(lambda: exact(machine))
        assert studio.bridge.shown.step == step
        assert all(moment.step <= step for moment in seen if moment is not None)
        assert "nearest" not in machine.bar.where.text()


def test_a_twin_is_trained_beside_and_can_be_used(qtbot, studio):
    window = studio.window
    window.actions_by_name["twin"].trigger()
    page = window.features["experiments"].page
    assert window.stage.current == "experiments"
    page.steps.setText("200")
    qtbot.mouseClick(page.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.busy, timeout=20000)
    assert page.found[0].step[-1] == 200 and "→" in page.words.text()
    rate = page.setups[1].training.learning_rate
    qtbot.mouseClick(page.use, Qt.MouseButton.LeftButton)
    assert studio.document.setup.training.learning_rate == rate
    window.actions_by_name["find_rate"].trigger()
    qtbot.mouseClick(page.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.busy, timeout=20000)
    assert len(page.found.rates) > 50
    window.actions_by_name["seeds"].trigger()
    page.steps.setText("1000000")
    qtbot.mouseClick(page.run, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.cancel, Qt.MouseButton.LeftButton)
    assert not page.busy
