"""Panels dock, become tabs, float, close, come back; they are written to files."""

import csv

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent, QImage

from nnstudio.app.bridge import Bridge
from nnstudio.app.docks.panel_layout import PanelLayout
from nnstudio.app.docks.panel_tabs import MIME
from nnstudio.app.settings import Settings
from nnstudio.app.window import Window
from tests.app.fakes import FakeSession, document


def places(area):
    """The names of the panels of every group."""
    return {p: [g.names for g in groups] for p, groups in area.layout.places.items() if groups}


def group_of(area, name):
    """The widget that a panel is in."""
    return area.frames[name].group


def drop(area, name, target, x, y):
    """Let a dragged panel fall on a group, at a share of its width and height."""
    carried = QMimeData()
    carried.setData(MIME, name.encode())
    at = QPointF(target.width() * x, target.height() * y)
    event = QDropEvent(
        at, Qt.DropAction.MoveAction, carried, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    target.dropEvent(event)


def test_a_panel_is_made_only_when_it_is_opened(window):
    area = window.area
    assert set(area.frames) <= {name for name in area.classes if area.is_open(name)}
    closed = [name for name in area.classes if not area.is_open(name)]
    assert closed
    area.set_open(closed[0], True)
    assert area.frames[closed[0]].isVisible()


def test_the_list_of_panels_opens_one_as_a_tab(window, qtbot):
    area = window.area
    group = group_of(area, "loss")
    qtbot.mouseClick(group.add_button, Qt.MouseButton.LeftButton)
    rows = area.chooser.rows
    assert area.chooser.isVisible() and rows["loss"].isChecked()
    assert not rows["pad"].isVisible()  # no pictures here
    assert all(row.help.endswith((".", "?")) for row in rows.values())
    qtbot.mouseClick(rows["weights"], Qt.MouseButton.LeftButton)
    assert not area.chooser.isVisible()
    assert places(area)["bottom"] == [["loss", "weights"], ["histograms"]]
    assert area.frames["weights"].isVisible() and not area.frames["loss"].isVisible()
    assert not area.frames["loss"].panel.isVisible()  # hidden: nothing is measured for it
    assert group.tabs.count() == 2
    group.tabs.setFocus()
    qtbot.keyClick(group.tabs, Qt.Key.Key_Left)
    assert area.frames["loss"].isVisible() and not area.frames["weights"].isVisible()


def test_dropping_makes_tabs_and_places(window):
    area = window.area
    area.set_open("histograms", False)
    drop(area, "weights", group_of(area, "loss"), 0.5, 0.6)
    assert places(area)["bottom"] == [["loss", "weights"]]
    drop(area, "weights", group_of(area, "loss"), 0.1, 0.6)
    assert places(area)["bottom"] == [["weights"], ["loss"]]
    assert area.bottom.indexOf(group_of(area, "weights")) == 0
    drop(area, "weights", group_of(area, "output"), 0.5, 0.9)
    assert places(area)["right"][:2] == [["output"], ["weights"]]
    assert area.frames["weights"].isVisible()
    drop(area, "loss", group_of(area, "weights"), 0.5, 0.5)
    assert "bottom" not in places(area) and not area.bottom.isVisible()
    assert area.frames["loss"].isVisible()


def test_a_panel_floats_and_docks(window, qtbot):
    area = window.area
    area.move_to("weights", "floating")
    frame = area.frames["weights"]
    assert frame.isVisible() and frame.window() is not window
    frame.window().setGeometry(40, 50, 400, 300)
    qtbot.waitUntil(lambda: "[40, 50, 400, 300]" in window.settings.panels)
    area.move_to("weights", "bottom")
    assert frame.window() is window and frame.isVisible()
    area.move_to("weights", "floating")
    area.frames["weights"].window().close()
    assert not area.is_open("weights")
    area.set_open("weights", True)
    assert area.frames["weights"].window() is window


def test_the_layout_is_remembered(window, qtbot):
    area = window.area
    area.move_to_tab("weights", group_of(area, "loss").group)
    area.set_open("scores", False)
    made, session = document(), FakeSession()
    settings = Settings()
    settings.panels = window.settings.panels
    second = Window(made, session, Bridge(made, session), settings)
    qtbot.addWidget(second)
    second.show()
    assert places(second.area) == places(area)
    assert second.area.frames["weights"].isVisible()
    assert not second.area.is_open("scores")
    second.area.reset()
    assert second.area.is_open("scores")
    second.close()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"right": 3}', '{"right": [{"names": 1}]}'])
def test_a_layout_that_cannot_be_read_is_none(text):
    assert PanelLayout.from_text(text, {"loss"}) is None


def test_a_layout_forgets_panels_that_are_gone():
    group = '{"names": ["gone", "loss", "loss"], "current": "gone"}'
    text = f'{{"right": [{group}], "bottom": [], "floating": []}}'
    read = PanelLayout.from_text(text, {"loss"})
    assert read.names() == ["loss"] and read.find("loss")[1].current == "loss"


def test_a_panel_is_written_to_files(window, tmp_path):
    area = window.area
    done, refused = [], []
    area.written.connect(done.append)
    area.refused.connect(refused.append)
    for ending in ("png", "svg"):
        area.export("output", str(tmp_path / f"a.{ending}"))
    picture = QImage(str(tmp_path / "a.png"))
    assert picture.width() == 2 * area.panel("output").width()
    assert "<svg" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    area.export("output", str(tmp_path / "a.bmp"))
    area.export("output", str(tmp_path / "none" / "a.png"))
    assert len(done) == 2 and len(refused) == 2
    assert window.notice.isVisible()


def test_the_menu_of_a_panel(window, qtbot):
    area = window.area
    group = group_of(area, "weights")
    qtbot.mouseClick(group.more_button, Qt.MouseButton.LeftButton)
    assert area.menu.menu.isVisible() and area.menu.name == "weights"
    area.menu.menu.close()
    area.menu.actions["right"].trigger()
    assert ["weights"] in places(area)["right"]


def test_numbers_are_written_as_csv(tmp_path):
    from nnstudio.app.docks.panel_export import csv_bytes

    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes((("a", "b"), [(1, float("nan")), ("x, y", 2.5)])))
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["a", "b"], ["1", ""], ["x, y", "2.5"]]


def test_a_panel_that_does_not_fit_outlives_the_place_where_it_was(window, qtbot):
    area = window.area
    area.move_to_tab("output", area.layout.find("loss")[1])
    frame, group = area.frames["output"], area.layout.find("output")[1]
    digits = document("mnist-mlp")
    window.document.edit("digits", digits.setup, data=digits.data)
    assert not area.fits("output") and frame.group is None
    for name in list(group.names):
        area.set_open(name, False)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    window.document.stack.undo()
    area.set_open("output", True)
    assert frame.isVisible()


def test_a_wide_window_begins_with_more_panels_until_somebody_arranges_them(window, qtbot):
    area = window.area
    assert area.settings.panels == ""
    assert places(area)["bottom"] == [["loss"], ["weights"], ["histograms"]]
    window.resize(1024, 768)
    assert places(area)["bottom"] == [["loss"], ["weights"]]
    window.resize(1440, 900)
    assert places(area)["bottom"] == [["loss"], ["weights"], ["histograms"]]
    from tests.app.panels.fakes import image_case

    setup, data = image_case()
    plane, points = area.document.setup, area.document.data
    area.document.edit("pictures", setup, data=data)
    names = [["loss"], ["weights"], ["confusion"], ["most-wrong"]]
    assert places(area)["bottom"] == names
    qtbot.waitUntil(lambda: area.bottom.sizes()[3] > 0)
    wide, _, _, narrow = area.bottom.sizes()
    assert wide > narrow > 200
    area.set_open("most-wrong", False)
    area.document.edit("points", plane, data=points)
    window.resize(1024, 768)
    assert places(area)["bottom"] == names[:3]
    again = PanelLayout.from_text(area.settings.panels, set(area.classes))
    assert [g.names for g in again.places["bottom"]] == names[:3]
