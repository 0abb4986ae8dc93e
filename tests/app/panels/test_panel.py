"""What all panels share."""

import pytest

from nnstudio.app import i18n, theme
from nnstudio.app.document import Document
from nnstudio.app.panel import Panel, panels
from nnstudio.core.text import language, set_language
from tests.app.panels.fakes import feed, image_case, plane_case, shown, table_case, view_of

CASES = {"2-D": plane_case, "Images": image_case, "Tables": table_case}
DISCOVERED = [cls for cls in panels() if cls.__module__.startswith("nnstudio.app.panels.")]


class Counting(Panel):
    """Counts what it is told."""

    title = "Loss"

    def __init__(self, document, session, parent=None):
        super().__init__(document, session, parent)
        self.told = 0

    def document_changed(self):
        self.told += 1


def test_hidden_panels_are_told_when_they_are_shown(qtbot):
    setup, data = plane_case()
    panel = Counting(Document(setup, data), None)
    qtbot.addWidget(panel)
    other, other_data = plane_case("Xor.v1")
    panel.document.edit("one", other, data=other_data)
    panel.document.edit("two", setup, data=data)
    assert panel.told == 0
    panel.show()
    assert panel.told == 1
    panel.document.edit("three", other, data=other_data)
    assert panel.told == 2
    panel.hide()
    panel.show()
    assert panel.told == 2


def test_language_and_theme_are_news(qtbot, qapp):
    panel = shown(qtbot, Counting, plane_case())
    before = panel.told
    try:
        i18n.switch(qapp, "zh")
        qapp.processEvents()  # Qt tells windows by posted events
        assert panel.told > before and language() == "zh"
        assert panel.accessibleName() == "损失"
        before = panel.told
        theme.apply(qapp, "dark")
        assert panel.told > before
    finally:
        theme.apply(qapp, "light")
        i18n.switch(qapp, "en")


@pytest.mark.parametrize("cls", DISCOVERED, ids=lambda cls: cls.name)
@pytest.mark.parametrize("group", CASES)
@pytest.mark.parametrize("look", ["light", "dark"])
def test_every_panel_shows_every_kind_of_data(qtbot, qapp, cls, group, look):
    case = CASES[group]()
    if cls.fits and group not in cls.fits:
        pytest.skip("not for this data")
    try:
        theme.apply(qapp, look)
        panel = shown(qtbot, cls, case, (300, 260))
        assert not panel.grab().isNull()  # nothing to show yet
        assert panel.summary().endswith(".")
        feed(panel, view_of(*case))
        first = panel.grab().toImage()
        feed(panel, view_of(*case))
        assert cls.settles or panel.grab().toImage() == first
        assert panel.summary().endswith(".") and panel.accessibleName()
        set_language("zh")
        panel.document_changed()
        assert any(ord(letter) > 0x4E00 for letter in panel.summary())
        panel.resize(120, 70)
        assert not panel.grab().isNull()
    finally:
        theme.apply(qapp, "light")


def test_all_are_found_in_order():
    names = [cls.name for cls in DISCOVERED]
    assert {"output", "scores", "pad", "predictions", "loss", "weights"} <= set(names)
    assert [cls.order for cls in DISCOVERED if cls.place == "bottom"] == sorted(
        cls.order for cls in DISCOVERED if cls.place == "bottom"
    )
