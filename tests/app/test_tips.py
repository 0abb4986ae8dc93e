"""Hovering explains. What is required of what:

- every layer, loss, optimizer, schedule, initializer and metric has a name, a formula and a plain
  sentence, in both languages, and wherever it can be chosen its tip shows all three;
- every number of training that has a formula shows it;
- every button without words says what it does, with its shortcut if it has one;
- every control of the top bar, of the forms and of the plane's data says more than its name;
- every panel's tab says what the panel shows.
"""

from __future__ import annotations

import json
import re

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent, Qt
from PySide6.QtWidgets import QApplication, QToolTip

from nnstudio.app.concept_tips import concept_tip
from nnstudio.app.panel import panels
from nnstudio.app.widgets.buttons import IconButton, PlayButton
from nnstudio.core import contracts, registry
from nnstudio.core.fields import fields_of
from nnstudio.core.metrics import METRICS
from nnstudio.core.resources import resource
from nnstudio.core.setup import Training
from nnstudio.core.text import tr
from tests.app import screens
from tests.app.screens import SCREENS
from tests.app.tips import missing, offered, shown, tip

SETUPS = tuple(dict.fromkeys(screen.setup for screen in SCREENS))
KINDS = ("Layer", "Loss", "Optimizer", "Schedule", "Initializer")
#: Words of mathematics and of programs, the same in every language.
NOTATION = {
    "mean", "max", "min", "tanh", "erf", "sin", "cos", "log", "cosh", "sign", "var", "fan", "out",
    "Nesterov", "MAE", "RMSE", "AUC",
}  # fmt: skip


def concepts():
    found = [cls for kind in KINDS for cls in registry.table(getattr(contracts, kind)).values()]
    return [*found, *METRICS.values()]


def chinese():
    found = {}
    for file in resource("translations", "zh").glob("*.json"):
        found |= json.loads(file.read_text(encoding="utf-8"))
    return found


def test_every_concept_has_a_name_a_formula_and_a_sentence_in_both_languages():
    texts, faults = chinese(), []
    assert len(concepts()) > 80
    for one in concepts():
        who = getattr(one, "type_name", "") or one.name
        for what in ("label", "formula", "help"):
            if not getattr(one, what):
                faults.append(f"{who} has no {what}")
        if not re.search(r"[.!?]$", one.help) or not 1 <= one.help.count(". ") + 1 <= 3:
            faults.append(f"{who}: its help is no sentence or two: {one.help}")
        for text in (one.label, one.help):
            if text not in texts:
                faults.append(f"{who} has no Chinese for {text}")
        named = set(re.findall(r"[A-Za-z]{3,}", one.formula)) - NOTATION
        if named and one.formula not in texts:
            faults.append(f"{who} has English in its formula: {named}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("what", SETUPS)
def test_every_screen_explains_itself(window, qtbot, what):
    """In Chinese, in a window that began in English: so the tips also follow the language."""
    window.looks.set_language("zh")
    screens.put(window, what)
    qtbot.wait(30)
    known: dict[str, list[str]] = {}
    for one in concepts():
        for name in {tr(one.label), tr(one.label).lower()}:
            known.setdefault(name, []).append(concept_tip(one))
    faults, seen = set(), set()
    for screen in (one for one in SCREENS if one.setup == what and not BARE.match(one.name)):
        edits = window.document.stack.index()
        screen.open(window)
        qtbot.wait(20)
        for part in screens.parts(window):
            faults |= {f"{fault}: {where}" for fault, where in missing(part)}
            if screen.name in OFFERING:
                for name, said in offered(part):
                    if name in known and not any(one in said for one in known[name]):
                        faults.add(f"{screen.name}: “{name}” tells only “{said}”")
                    seen.add(name)
        screens.tidy(window, edits)
    window.looks.set_language("en")
    assert not faults, "\n".join(sorted(faults))
    if what == "two-spirals":
        wanted = {cls for kind in KINDS for cls in registry.table(getattr(contracts, kind))}
        assert len(seen & set(known)) > 0.8 * len(wanted)  # the walk has met nearly all


#: Screens that only lay words over the window.
BARE = re.compile(r"tour-|notice-|menu-|about|glossary|shortcuts")
#: Screens on which concepts are chosen; elsewhere the same word may mean something else.
OFFERING = {
    "plane", "box-optimizer", "box-loss", "box-schedule", "box-more", "inspector-dense", "insert",
    "inspector-convolution", "inspector-dropout",
}  # fmt: skip


def test_regularization_says_what_it_adds_to_the_loss(window):
    rows = window.topbar.controls.regularization.rows
    assert "Σ |w|" in rows["l1"].toolTip()
    assert "½ λ₂ Σ w²" in rows["l2"].toolTip()
    assert "Few weights stay" in rows["l1"].toolTip()


def test_numbers_of_training_show_their_formulas(window):
    told = {}
    controls = window.topbar.controls
    told |= {name: tip(number.entry) for name, number in controls.numbers.items()}
    told |= {name: tip(rate) for name, rate in controls.regularization.rates.items()}
    told |= {name: tip(editor) for name, editor in controls.more.form.editors.items()}
    having = {name: field.formula for name, field in fields_of(Training).items() if field.formula}
    assert {"learning_rate", "batch_size", "l1", "l2", "clip_norm", "averaging"} <= set(having)
    for name, formula in having.items():
        assert formula in told[name], name


def test_buttons_without_words_tell_their_shortcuts(window, qtbot):
    """Those that do what an action with a key does; the key is told as the action has it."""
    keys = {
        window.topbar.reset: "reset", window.topbar.step: "step",
        window.topbar.full_screen: "full_screen",
    }  # fmt: skip
    for button, name in keys.items():
        key = window.actions_by_name[name].shortcut().toString()
        assert key
        assert button.toolTip().endswith(f"({key})"), button.toolTip()
    assert window.topbar.play.toolTip() == "Play (Space)"
    for widget in shown(window):
        if isinstance(widget, (IconButton, PlayButton)):
            assert tip(widget)


def test_the_kinds_of_data_are_explained(window):
    tabs = window.databar.tabs
    for key in tabs.keys:
        assert tabs.button(key).toolTip().endswith("."), key


def test_every_panel_says_what_it_shows():
    for cls in panels():
        assert cls.help[-1:] in (".", "?"), cls.name


def test_the_metrics_of_the_curves_are_explained(window):
    menu = window.area.frames["loss"].panel._metric.menu()
    assert menu.toolTipsVisible()
    tips = {str(action.data()): action.toolTip() for action in menu.actions()}
    for name in ("accuracy", "precision", "f1"):
        assert tips[name] == concept_tip(METRICS[name])


def test_a_hover_shows_it(window, qtbot):
    """The real event, on the way that Qt takes."""
    button = window.databar.palette_box.buttons["Dense.v1"]
    middle = QPoint(5, 5)
    event = QHelpEvent(QEvent.Type.ToolTip, middle, button.mapToGlobal(middle))
    QApplication.sendEvent(button, event)
    qtbot.waitUntil(lambda: "y = f(x W + b)" in QToolTip.text())
    assert "Every unit weighs all inputs" in QToolTip.text()
    assert Qt.mightBeRichText(QToolTip.text()) is False
    QToolTip.hideText()


def test_no_tip_is_taken_for_rich_text():
    """“t < T” must not become a tag."""
    for one in concepts():
        assert not Qt.mightBeRichText(concept_tip(one)), one.label
