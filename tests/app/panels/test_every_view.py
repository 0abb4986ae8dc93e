"""Every view: with data that suits it a picture, numbers and a sentence, else what it needs."""

import csv
import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QImage

from nnstudio.app.docks.panel_export import csv_bytes, png, svg
from nnstudio.app.panel import panels
from nnstudio.core.text import tr
from nnstudio.engine.session import Session
from tests.app.panels.fakes import (
    conv_case,
    curves_of,
    image_case,
    parameters_of,
    plane_case,
    shown,
    table_case,
    view_of,
)

CASES = {
    "plane": plane_case,
    "pictures": conv_case,
    "digits": image_case,
    "classes": lambda: table_case("classification"),
    "numbers": table_case,
}
#: What a view is shown with; those that are not here suit all data.
SUITS = {
    "confusion": ("plane", "pictures", "digits", "classes"),
    "roc": ("plane", "pictures", "digits", "classes"),
    "calibration": ("plane", "pictures", "digits", "classes"),
    "regression": ("numbers",),
    "bending": ("plane",),
    "output": ("plane",),
    "pad": ("digits", "pictures"),
    "try_row": ("plane", "classes", "numbers"),
}
#: Those that show no numbers of their own.
WITHOUT_NUMBERS = ("pad", "try_row")


def fed(qtbot, cls, case):
    panel = shown(qtbot, cls, case, (420, 280))
    panel.session = Session(1)
    curves = curves_of(np.linspace(1, 0.2, 30), np.linspace(1, 0.3, 30))
    setup, data = case
    for step, seed in ((10, 0), (30, 1)):
        view = view_of(
            setup, data, parameters_of(setup.network, seed), curves, step=step, running=True
        )
        for _ in range(6 if cls.settles else 1):
            result = panel.measure(view, panel.request())
            if result is not None:
                panel.display(result)
    return panel


@pytest.mark.parametrize("name", list(CASES))
@pytest.mark.parametrize("cls", panels(), ids=lambda cls: cls.name)
def test_a_view_shows_or_says_what_it_needs(qtbot, cls, name):
    panel = fed(qtbot, cls, CASES[name]())
    sentence = panel.summary()
    assert sentence and sentence == sentence.strip() and "{" not in sentence
    suits = name in SUITS.get(cls.name, CASES)
    if cls.name == "runs":
        return  # of a session that has no run yet
    QCoreApplication.processEvents()  # so that all of it is laid out
    numbers = panel.numbers()
    if cls.name not in WITHOUT_NUMBERS:
        assert (numbers is not None) == suits, sentence
    picture = QImage.fromData(png(panel), "PNG")
    assert picture.width() == 2 * panel.width()
    colours = {picture.pixel(x, y) for x in range(0, picture.width(), 3)
               for y in range(0, picture.height(), 3)}  # fmt: skip
    assert len(colours) > (5 if suits else 1)
    drawing = ElementTree.fromstring(svg(panel))
    assert drawing.tag.endswith("svg")
    if numbers is not None:
        heads, *rows = csv.reader(io.StringIO(csv_bytes(numbers).decode("utf-8-sig")))
        assert rows and all(len(row) == len(heads) for row in rows)
    panel.setFocus()
    panel.event(QEvent(QEvent.Type.Enter))
    assert panel.accessibleDescription() == panel.summary()
    assert panel.accessibleName() == tr(cls.title)


@pytest.mark.parametrize("before, after", [("pictures", "plane"), ("digits", "numbers"),
                                           ("numbers", "classes"), ("classes", "plane"),
                                           ("plane", "pictures")])  # fmt: skip
@pytest.mark.parametrize("cls", panels(), ids=lambda cls: cls.name)
def test_other_data_finds_no_view_with_a_foot_in_the_old(qtbot, cls, before, after):
    """Between new data and the first measure of it a view still has what it measured before."""
    panel = fed(qtbot, cls, CASES[before]())
    panel.document.open(*CASES[after]())
    panel.event(QEvent(QEvent.Type.Enter))
    assert panel.summary() and panel.accessibleDescription() == panel.summary()
    numbers = panel.numbers()
    if numbers is not None:
        csv_bytes(numbers)
    QCoreApplication.processEvents()
    assert not panel.grab().isNull()
    panel.event(QEvent(QEvent.Type.LanguageChange))
    assert panel.summary()
