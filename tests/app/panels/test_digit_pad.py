"""Drawing a digit."""

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage

from nnstudio.app.pad import ink_of, stroke
from nnstudio.app.panels.digit_pad import DigitPad, can_draw, prepared
from tests.app.panels.fakes import feed, image_case, plane_case, shown, table_case, view_of


def draw_one(qtbot, panel):
    """A vertical stroke with the mouse, left of the middle."""
    pad = panel.pad
    x = pad.width() // 4
    qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(x, pad.height() // 4))
    for y in range(pad.height() // 4, pad.height() * 3 // 4, 6):
        qtbot.mouseMove(pad, QPoint(x, y))
    qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(x, pad.height() * 3 // 4))


def test_a_drawing_is_centred_and_predicted(qtbot):
    setup, data = image_case()
    panel = shown(qtbot, DigitPad, (setup, data), (300, 160))
    np.testing.assert_allclose(panel.request().picture, data.valid.x[0, ..., 0] / 255)
    draw_one(qtbot, panel)  # the first stroke takes a new sheet
    picture = panel.request().picture
    assert picture.shape == (28, 28) and picture.dtype == np.float32
    rows, _ = np.nonzero(picture > 0.05)
    assert rows.max() - rows.min() + 1 == 20  # LeCun's box
    mass = picture.sum()
    assert abs((picture.sum(0) * (np.arange(28) + 0.5)).sum() / mass - 14) <= 0.6
    view = view_of(setup, data)
    _, probabilities = feed(panel, view)
    x = prepared(picture, data)
    np.testing.assert_allclose(probabilities, view.predict(x)[0], rtol=1e-5)
    best = max(panel.bars.bars, key=lambda bar: bar.share)
    assert best.figure == f"{probabilities.max() * 100:.0f} %"
    assert sum(bar.figure != "" for bar in panel.bars.bars) == 1
    assert len(panel.bars.bars) == 10
    assert best.name in panel.summary()


def test_requests_are_equal_until_the_drawing_changes(qtbot):
    panel = shown(qtbot, DigitPad, image_case(), (300, 160))
    draw_one(qtbot, panel)
    first = panel.request()
    assert panel.request() == first
    draw_one(qtbot, panel)
    assert panel.request() != first


def test_escape_clears(qtbot):
    setup, data = image_case()
    panel = shown(qtbot, DigitPad, (setup, data), (300, 160))
    draw_one(qtbot, panel)
    feed(panel, view_of(setup, data))
    qtbot.keyClick(panel.pad, Qt.Key.Key_Escape)
    assert panel.pad.blank and panel.request() is None
    assert all(bar.figure == "" for bar in panel.bars.bars)


def test_the_right_button_rubs_out(qtbot):
    panel = shown(qtbot, DigitPad, image_case(), (300, 160))
    draw_one(qtbot, panel)
    before = panel.pad.ink.sum()
    at = QPoint(panel.pad.width() // 4, panel.pad.height() // 2)
    qtbot.mousePress(panel.pad, Qt.MouseButton.RightButton, pos=at)
    qtbot.mouseRelease(panel.pad, Qt.MouseButton.RightButton, pos=at)
    assert 0 < panel.pad.ink.sum() < before


def test_an_example_is_shown_as_it_is(qtbot):
    setup, data = image_case()
    panel = shown(qtbot, DigitPad, (setup, data), (300, 160))
    example, _, clear = panel.header_widgets()
    example.click()
    seen = prepared(panel.request().picture, data)[0]
    assert any(np.array_equal(seen, data.prepared(x)) for x in data.valid.x)
    np.testing.assert_allclose(panel.pad.picture(), panel.request().picture, atol=1e-6)
    clear.click()
    assert panel.request() is None


def picture_of_a_bar(paper, ink):
    image = QImage(60, 80, QImage.Format.Format_RGB32)
    image.fill(QColor(paper))
    for y in range(10, 70):
        for x in range(25, 32):
            image.setPixelColor(x, y, QColor(ink))
    return image


def test_paste_takes_dark_on_light_and_light_on_dark(qtbot):
    panel = shown(qtbot, DigitPad, image_case(), (300, 160))
    pictures = []
    for paper, ink in (("white", "black"), ("black", "white")):
        QGuiApplication.clipboard().setImage(picture_of_a_bar(paper, ink))
        panel.header_widgets()[1].click()
        pictures.append(panel.request().picture)
    np.testing.assert_allclose(pictures[0], pictures[1], atol=0.02)
    assert pictures[0].max() > 0.9
    panel.pad.clear()
    panel.pad.setFocus()
    qtbot.keyClick(panel.pad, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert panel.request() is not None


def test_an_empty_picture_changes_nothing(qtbot):
    panel = shown(qtbot, DigitPad, image_case(), (300, 160))
    before = panel.request()
    panel.take_image(picture_of_a_bar("white", "white"))
    assert panel.request() is before
    assert not ink_of(picture_of_a_bar("gray", "gray")).any()


def test_other_sizes(qtbot):
    setup, data = image_case(side=40, classes=20)
    panel = shown(qtbot, DigitPad, (setup, data), (300, 120))
    assert can_draw(data)
    draw_one(qtbot, panel)
    assert panel.request().picture.shape == (40, 40)
    feed(panel, view_of(setup, data))
    shares = [bar.share for bar in panel.bars.shown()]
    assert 5 < len(shares) < 20 and shares == sorted(shares, reverse=True)


def test_other_data_cannot_be_drawn(qtbot):
    setup, data = plane_case()
    panel = shown(qtbot, DigitPad, (setup, data), (300, 120))
    assert not can_draw(data) and not panel.pad.isVisible()
    assert not panel.grab().isNull()


def test_stroke_is_soft_and_never_takes_ink_away():
    ink = np.zeros((40, 40))
    stroke(ink, (10, 10), (30, 10), 3, 2)
    assert ink[10, 20] == 1 and 0 < ink[13, 20] < 1 and ink[20, 20] == 0
    before = ink.copy()
    stroke(ink, (20, 5), (20, 35), 3, 2)
    assert (ink >= before).all() and ink.max() <= 1
    stroke(ink, (-50, -50), (-40, -40), 3, 2)
    stroke(ink, (5, 5), (5, 5), 3, 2)
    assert ink[5, 5] == 1


def test_other_data_takes_the_bars_away(qtbot):
    panel = shown(qtbot, DigitPad, image_case(), (300, 160))
    for case in (table_case("regression"), table_case("classification"), image_case()):
        setup, data = case
        panel.document.edit("other data", setup, data=data)
        assert len(panel.bars.bars) == len(data.classes)
        assert panel.pad.isVisible() == can_draw(data)
