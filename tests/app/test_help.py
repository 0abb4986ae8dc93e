"""Preferences, help, tour and presentation, with real keys and clicks."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from nnstudio.app import theme
from nnstudio.app.features.help import one_spelling
from nnstudio.app.features.tour import STEPS
from nnstudio.app.settings import Settings
from nnstudio.core.resources import resource

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def usual_size():
    yield
    theme.set_scale(1.0)


def test_the_glossary_finds_words_in_both_languages(window, qtbot):
    window.actions_by_name["glossary"].trigger()
    page = window.features["help"].glossary
    assert "Learning rate" in page.body.toPlainText()
    qtbot.keyClicks(page.search, "overfit")
    shown = page.body.toPlainText()
    assert "Overfitting" in shown
    assert "Momentum" not in shown
    window.looks.set_language("zh")
    page.search.clear()
    qtbot.keyClicks(page.search, "Overfit")
    assert "过拟合" in page.body.toPlainText()
    qtbot.keyClicks(page.search, "xyzzy")
    assert page.body.toPlainText() == "没有找到。"
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    assert not page.isVisible()
    window.looks.set_language("en")


#: What a course on neural networks speaks of, and what somebody may type for it.
COURSE = """
epoch; batch; mini-batch; step; logits; softmax; sigmoid; tanh; ReLU; overfitting; underfitting;
generalization; generalisation; regularization; regularisation; weight decay; L1; L2; dropout;
momentum; RMSprop; Adam; SGD; optimizer; learning rate; schedule; gradient; gradient descent;
vanishing gradient; exploding gradient; gradient clipping; backpropagation; forward pass;
chain rule; weight; bias; unit; neuron; activation; hidden layer; dense layer; fully connected;
parameter count; hyperparameter; loss; loss landscape; MSE; mean squared error; MAE; cross-entropy;
training data; validation data; test data; test set; cross-validation; confusion matrix; accuracy;
precision; recall; F1; false positive; ROC; AUC; calibration; threshold; R²; classification;
regression; convolution; kernel; filter; stride; padding; pooling; feature map; channel;
receptive field; skip connection; residual; batch normalization; batch normalisation;
initialization; initialisation; Glorot; dead unit; saliency; embedding; early stopping;
local minimum; saddle point; normalization; standardisation; one-hot; label; target; class;
feature; outlier; noise; augmentation; seed; tensor; flatten; autoencoder; decision boundary;
linear separability; supervised learning
""".replace("\n", " ").split("; ")


def glossary():
    return json.loads(resource("help", "glossary.json").read_text(encoding="utf-8"))


def test_every_term_has_both_languages():
    entries = glossary()
    for entry in entries:
        for code in ("en", "zh"):
            term, meaning = entry[code]
            assert term
            assert meaning[-1] in ".。", term
        assert any("\u4e00" <= letter <= "\u9fff" for letter in entry["zh"][1])
    terms = [entry["en"][0].casefold() for entry in entries]
    assert terms == sorted(terms)
    assert len(set(terms)) == len(terms)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_word_of_a_course_is_found_first(window, qtbot, language):
    window.looks.set_language(language)
    window.actions_by_name["glossary"].trigger()
    page = window.features["help"].glossary
    meant = {}
    for entry in glossary():
        for name in (entry["en"][0], *entry.get("also", ())):
            meant[one_spelling(name)] = entry
    for word in COURSE:
        word = word.strip()
        page.search.setText(word)
        first = page.body.toPlainText().split("\n")[0]
        entry = next(
            (e for name, e in meant.items() if name.startswith(one_spelling(word))),
            next((e for name, e in meant.items() if one_spelling(word) in name), None),
        )
        assert entry is not None, f"no term is called {word}"
        assert entry[language][0] in first or one_spelling(word) in one_spelling(first), word
    window.looks.set_language("en")


def test_the_word_itself_comes_before_what_speaks_of_it(window, qtbot):
    window.actions_by_name["glossary"].trigger()
    page = window.features["help"].glossary
    qtbot.keyClicks(page.search, "loss")
    shown = page.body.toPlainText().split("\n")
    assert shown[0] == "Loss"
    assert "Epoch" not in shown
    assert len(shown) > 10
    page.search.clear()
    qtbot.keyClicks(page.search, "gradient vanish")  # in any order
    assert page.body.toPlainText().startswith("Vanishing gradient")


def test_the_sheet_lists_every_shortcut(window):
    window.actions_by_name["shortcuts"].trigger()
    shown = window.features["help"].shortcuts.body.toPlainText()
    for action in window.actions_by_name.all():
        keys = action.shortcut().toString()
        in_menu = any(action in menu.actions() for menu in window.menus.menus.values())
        if keys and in_menu:
            assert keys.split("+")[-1] in shown


def test_preferences_act_at_once_and_are_remembered(window, qtbot, tmp_path):
    settings = Settings.load(tmp_path / "settings.json")
    vars(window)["settings"] = settings
    window.looks.settings = settings
    window.actions_by_name["preferences"].trigger()
    form = window.features["preferences"].form
    form.edited.emit("theme", "contrast")
    assert theme.current() is theme.CONTRAST
    assert form.editors["theme"].currentData() == "contrast"
    qtbot.mouseClick(
        form.editors["still"], LEFT, pos=QPoint(6, form.editors["still"].height() // 2)
    )
    assert window.bridge.calm
    assert {window.canvas.request().phase for _ in range(5)} == {0.0}  # no dash moves
    form.edited.emit("threads", 1)
    assert window.session.told[-1] == ("threads", 1)
    again = Settings.load(tmp_path / "settings.json")
    assert (again.theme, again.still, again.threads) == ("contrast", True, 1)
    window.looks.set_theme("light")


def test_the_tour_shows_six_things_and_can_be_left(window, qtbot):
    window.actions_by_name["tour"].trigger()
    overlay = window.features["tour"].overlay
    seen = []
    for _ in STEPS:
        assert overlay.isVisible()
        assert overlay.rect().contains(overlay.bubble.geometry())
        seen.append(overlay.title.text())
        hole = overlay.hole()
        assert window.rect().adjusted(-1, -1, 1, 1).contains(hole)
        qtbot.mouseClick(overlay.next, LEFT)
    assert len(set(seen)) == 6
    assert not overlay.isVisible()
    window.actions_by_name["tour"].trigger()
    qtbot.keyClick(overlay, Qt.Key.Key_Right)
    assert overlay.title.text() == seen[1]
    qtbot.keyClick(overlay, Qt.Key.Key_Escape)
    assert not overlay.isVisible()


def test_preferences_say_units_and_what_zero_means(window):
    window.actions_by_name["preferences"].trigger()
    form = window.features["preferences"].form
    assert form.labels["autosave"].text() == "Autosave (seconds)"
    threads = form.editors["threads"]
    assert (threads.value, threads.entry.text()) == (0, "all")
    boxes = [box for name, box in form.editors.items() if name not in ("still", "tour")]
    assert len({(box.x(), box.width()) for box in boxes}) == 1
    window.looks.set_language("zh")
    assert form.labels["autosave"].text() == "自动保存（秒）"
    assert threads.entry.text() == "全部"
    window.looks.set_language("en")


def test_tab_and_escape_stay_with_the_tour(window, qtbot):
    window.activateWindow()
    window.topbar.play.setFocus()
    window.actions_by_name["tour"].trigger()
    overlay = window.features["tour"].overlay
    for expected in (overlay.skip, overlay.next, overlay.skip):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert window.focusWidget() is expected
    qtbot.keyClick(overlay.skip, Qt.Key.Key_Right)
    assert overlay.step == 1
    window.looks.set_language("zh")
    window.resize(1100, 700)
    assert overlay.size() == window.size()
    assert overlay.title.text() == "搭建网络"
    qtbot.keyClick(overlay.skip, Qt.Key.Key_Space)
    assert not overlay.isVisible()
    assert window.focusWidget() is window.topbar.play
    window.looks.set_language("en")


def test_a_small_window_opens_in_the_middle_of_the_large_one(window):
    window.resize(900, 600)
    window.actions_by_name["shortcuts"].trigger()
    sheet = window.features["help"].shortcuts
    off = sheet.geometry().center() - window.geometry().center()
    assert abs(off.x()) < 20
    sheet.move(40, 50)
    sheet.hide()
    window.actions_by_name["shortcuts"].trigger()
    assert sheet.pos().x() == 40
    sheet.hide()


def test_menus_open_by_their_letters_and_by_f10(window, qtbot):
    window.activateWindow()
    window.topbar.play.setFocus()
    menus = window.menus.menus
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_V, Qt.KeyboardModifier.AltModifier)
    assert menus["View"].isVisible()
    QTest.keyClick(menus["View"], Qt.Key.Key_Left)
    assert menus["Training"].isVisible()
    QTest.keyClick(menus["Training"], Qt.Key.Key_Escape)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.focusWidget() is window.topbar.play
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_F10)
    assert menus["File"].isVisible()
    QTest.keyClick(menus["File"], Qt.Key.Key_Escape)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.focusWidget() is window.topbar.play
    window.looks.set_language("zh")
    assert menus["View"].title() == "视图(&V)"
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_V, Qt.KeyboardModifier.AltModifier)
    assert menus["View"].isVisible()
    menus["View"].hide()
    window.looks.set_language("en")
