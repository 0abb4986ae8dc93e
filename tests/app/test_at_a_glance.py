"""What somebody reads off the screen without a click: empty places, tracks, heads, menus."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from nnstudio.app import theme
from nnstudio.app.bars import Bar, Bars
from nnstudio.app.charts.matrix import Matrix
from nnstudio.app.data_page.gallery import Gallery
from nnstudio.app.data_page.table_model import TableModel
from nnstudio.app.data_page.table_page import TableView
from nnstudio.app.widgets.popup import ChoiceRow
from nnstudio.core import text
from nnstudio.core.sources.raw import CATEGORY, NUMBER, RawColumn, RawTable
from nnstudio.core.text import mark

TABLE = RawTable(
    "t", (RawColumn("length", NUMBER, np.arange(3.0)),
          RawColumn("kind", CATEGORY, np.zeros(3, np.int32), ("a",))),
)  # fmt: skip


@pytest.fixture
def look():
    yield
    theme.apply(QApplication.instance(), "light")


def ink(widget) -> int:
    """How many pixels are not of the panel's colour."""
    image = widget.grab().toImage()
    ground = QColor(theme.current().panel).rgb()
    return sum(
        image.pixel(x, y) != ground for x in range(image.width()) for y in range(image.height())
    )


@pytest.mark.parametrize("name", theme.THEMES)
def test_a_small_share_looks_small_in_every_theme(qtbot, look, name):
    theme.apply(QApplication.instance(), name)
    bars = Bars(track=True)
    qtbot.addWidget(bars)
    bars.resize(300, 30)
    bars.show_bars([Bar("a", 0.05, "5 %")])
    bars.show()
    image = bars.grab().toImage()
    ground, full = QColor(theme.current().panel), QColor(theme.current().accent)
    across = {image.pixelColor(150, y).lightness() for y in range(30)}  # beyond the bar
    track = max(across, key=lambda light: abs(light - ground.lightness()))
    assert track != ground.lightness()
    assert abs(track - ground.lightness()) < abs(track - full.lightness())


def test_a_matrix_of_nothing_but_right_answers_has_an_edge(qtbot, look):
    theme.apply(QApplication.instance(), "contrast")
    matrix = Matrix()
    qtbot.addWidget(matrix)
    matrix.resize(280, 240)
    matrix.show_counts(np.diag([3, 4]), ("a", "b"), None, False)
    matrix.show()
    area = matrix.area()
    corner = matrix.grab().toImage().pixelColor(int(area.right()) - 1, int(area.top()) + 8)
    assert corner.name() != theme.current().panel


@pytest.mark.parametrize("kind", [Gallery, TableView])
def test_an_empty_place_says_why(qtbot, kind):
    place = kind()
    qtbot.addWidget(place)
    if kind is TableView:
        place.setModel(TableModel(place))
    place.resize(400, 300)
    place.set_empty("")
    place.show()
    before = ink(place)
    place.set_empty(mark("Looking for the most wrong ones…"))
    assert ink(place) > before + 50


def test_a_number_stands_under_its_head():
    model = TableModel()
    model.show_table(TABLE, {}, (), {})
    for column in range(2):
        head = model.headerData(
            column, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole
        )
        cell = model.data(model.index(0, column), Qt.ItemDataRole.TextAlignmentRole)
        right = bool(cell & int(Qt.AlignmentFlag.AlignRight))
        assert right == bool((head or 0) & int(Qt.AlignmentFlag.AlignRight)) == (column == 0)


def test_a_row_takes_as_many_lines_as_the_language_needs(qtbot, window):
    rows = window.databar.pages["Tables"].findChildren(ChoiceRow)
    window.databar.tabs.button("Tables").click()
    QApplication.processEvents()
    assert sum(row.isVisible() for row in rows) > 3
    for language in ("zh", "en"):
        window.looks.set_language(language)
        qtbot.waitUntil(
            lambda: all(r.height() == r.heightForWidth(r.width()) for r in rows if r.isVisible())
        )


def test_no_menu_says_the_same_twice(window):
    assert text.language() == "en"
    for menu in (*window.menus.menus.values(), *window.menus.submenus.values()):
        shown = [a.text() for a in menu.actions() if a.isVisible() and a.text()]
        assert len(shown) == len(set(shown)), shown


def test_no_menu_begins_or_ends_with_a_line_or_has_two(window):
    for menu in window.menus.menus.values():
        kinds = [a.isSeparator() for a in menu.actions() if a.isVisible()]
        assert not kinds[0] and not kinds[-1]
        assert not any(one and other for one, other in pairwise(kinds))


def test_the_sheet_of_keys_calls_undo_undo(window):
    window.actions_by_name["empty_network"].trigger()
    window.actions_by_name["shortcuts"].trigger()
    sheet = window.features["help"].shortcuts.body.toPlainText().split("\n")
    assert "Undo" in sheet and "Undo Empty network" not in sheet
    assert window.actions_by_name["undo"].text() == "Undo Empty network"


def test_all_panels_are_offered_at_once_where_the_screen_is_tall(window):
    area = window.area
    next(iter(area._groups.values())).add_button.click()
    chooser = area.chooser
    room = chooser.screen().availableGeometry().height()
    needed = chooser.inside.layout().totalHeightForWidth(chooser.inside.width())
    assert chooser.area.height() >= min(needed, room - 60)
    assert chooser.height() <= room


def test_the_list_of_panels_has_two_columns_about_as_long(window):
    next(iter(window.area._groups.values())).add_button.click()
    chooser = window.area.chooser
    ends = []
    for column in chooser.columns:
        parts = [column.itemAt(at).widget() for at in range(column.count())]
        ends.append(max(part.geometry().bottom() for part in parts if part is not None))
    assert min(ends) > 0.75 * max(ends)
