"""The one door: drop, dialog, paste; progress, cancel, samples; broken files change nothing."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest

from nnstudio.app.data.data_change import Request
from nnstudio.app.job import Job
from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.sources import raw
from nnstudio.core.sources.watching import progress
from nnstudio.core.text import StudioError

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def drop(window, path):
    """Drag a path over the window and let it go; gives whether it was taken."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, LEFT, NONE)
    window.dragEnterEvent(enter)
    if enter.isAccepted():
        window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, LEFT, NONE))
    return enter.isAccepted()


def tables(window):
    return window.databar.pages["Tables"]


def accept(window, qtbot, target=None):
    chooser = tables(window).chooser
    qtbot.waitUntil(chooser.isVisible)
    if target is not None:
        chooser.target.setCurrentIndex(chooser.target.findData(target))
    qtbot.mouseClick(chooser.use, LEFT)
    qtbot.waitUntil(lambda: window.document.setup.dataset.group == "Tables")


@pytest.fixture
def flowers(tmp_path):
    path = tmp_path / "flowers.data"  # its name says nothing
    rows = "\n".join(f"{5 + i % 7 / 10};{1 + i % 5};{'abc'[i % 3]}" for i in range(60))
    path.write_text(f"length;width;kind\n{rows}\n".replace(".", ","))
    return path


def test_a_dropped_file_is_known_by_its_content(window, qtbot, flowers):
    assert drop(window, flowers)
    accept(window, qtbot)
    data = window.document.data
    assert data.classes == ("a", "b", "c")
    assert data.feature_names == ("length", "width")
    assert window.document.stack.undoText() == "Data: flowers.data"
    window.undo()
    assert window.document.setup.dataset.group == "2-D"


def test_cells_are_pasted_from_a_spreadsheet(window, qtbot):
    rows = "\n".join(f"{i}\t{i * i}\t{'yes' if i % 2 else 'no'}" for i in range(30))
    QGuiApplication.clipboard().setText(f"a\tb\tanswer\n{rows}\n")
    qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    accept(window, qtbot)
    assert window.document.data.classes == ("no", "yes")
    assert len(window.document.data.train) + len(window.document.data.valid) == 30


def test_cells_pasted_on_the_canvas_are_data_too(window, qtbot):
    rows = "\n".join(f"{i}\t{'yes' if i % 2 else 'no'}" for i in range(30))
    QGuiApplication.clipboard().setText(f"a\tanswer\n{rows}\n")
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    accept(window, qtbot)
    assert window.document.data.classes == ("no", "yes")


def test_a_copied_file_is_opened_by_paste(window, qtbot, flowers):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(flowers))])
    QGuiApplication.clipboard().setMimeData(mime)
    window.actions_by_name["paste_data"].trigger()
    accept(window, qtbot, "length")
    assert window.document.data.task == "regression"


def test_a_clipboard_without_a_table_is_told(window):
    QGuiApplication.clipboard().setText("just words")
    window.actions_by_name["paste_data"].trigger()
    assert "holds no table" in window.notice.text.text()


def test_an_empty_clipboard_is_told(window, monkeypatch):
    monkeypatch.setattr(type(QGuiApplication.clipboard()), "mimeData", lambda *_: None)
    window.actions_by_name["paste_data"].trigger()
    assert "holds no table" in window.notice.text.text()


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7 ...", b"\x80\x04\x95pickle", b"\x00" * 300, b"a,b\n", b"\x89PNG\r\n\x1a\n.."],
)
def test_what_is_no_data_gets_a_sentence_and_changes_nothing(window, qtbot, tmp_path, content):
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    before = window.document.setup
    assert drop(window, path)
    qtbot.waitUntil(window.notice.isVisible)
    assert window.notice.kind == "error" and len(window.notice.text.text()) > 20
    assert window.document.setup is before and not tables(window).chooser.isVisible()
    assert not window.databar.looks.busy and not window.databar.loader.busy


def test_target_problem_and_share_are_changed_in_the_column(window, qtbot, flowers):
    drop(window, flowers)
    accept(window, qtbot)
    page = tables(window)
    page.share.slider.setFocus()
    QTest.keyClick(page.share.slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: len(window.document.data.valid) == 15)
    assert window.document.setup.dataset.recipe.split.valid == pytest.approx(0.25)
    page.target.setFocus()
    QTest.keyClick(page.target, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: window.document.data.target_names == ("length",))
    assert page.share.isVisible() and page.look.isVisible()


class Large(registry.find(Dataset, "OwnTable.v1")):  # type: ignore[misc]
    """More than fits, until somebody takes a sample."""

    def load(self):
        if not self.recipe.sample:
            raise raw.too_large("large.csv", 9_000_000, 40)
        return super().load()


def test_a_sample_is_offered_of_what_is_too_large(window, qtbot, flowers):
    bar = window.databar
    bar.loader.load(Request(Large(path=str(flowers)), "large"))
    qtbot.waitUntil(window.notice.isVisible)
    (take,) = window.notice.choices
    assert take.text() == "Take a sample" and "40" in window.notice.text.text()
    qtbot.mouseClick(take, LEFT)
    qtbot.waitUntil(lambda: window.document.setup.dataset.group == "Tables")
    data = window.document.data
    assert len(data.train) + len(data.valid) == 40


class Steady(registry.find(Dataset, "Circle.v1")):  # type: ignore[misc]
    """Goes on for ever, a little at a time, unless it is cancelled."""

    ended = threading.Event()

    def load(self):
        try:
            for at in range(100_000):
                progress(min(at / 200, 0.5))
                threading.Event().wait(0.002)
        finally:
            type(self).ended.set()


def test_loading_shows_progress_and_stops_when_cancelled(window, qtbot):
    bar = window.databar
    Steady.ended.clear()
    before = window.document.setup
    bar.loader.load(Request(Steady(), "steady"))
    qtbot.waitUntil(lambda: bar.hint.isVisible() and bar.hint.bar.value() >= 250)
    qtbot.mouseClick(bar.hint.stop, LEFT)
    assert not bar.hint.isVisible()
    qtbot.waitUntil(Steady.ended.is_set)
    assert window.document.setup is before and not window.notice.isVisible()


def test_a_job_tells_its_newest_result_only(qtbot):
    job = Job("nnstudio-test")
    found = []
    job.finished.connect(lambda tag, result: found.append((tag, result)))
    gate = threading.Event()
    job.start(1, lambda: gate.wait(5))
    job.start(2, lambda: "two")
    qtbot.waitUntil(lambda: found == [(2, "two")])
    gate.set()
    job.stop()
    QTest.qWait(10)
    assert found == [(2, "two")]


def test_what_fails_in_a_job_is_a_sentence(qtbot):
    def fail():
        raise ValueError("no such thing")

    job = Job("nnstudio-test")
    with qtbot.waitSignal(job.failed) as caught:
        job.start("x", fail, "The thing")
    job.stop()
    assert isinstance(caught.args[1], StudioError)
    assert str(caught.args[1]) == "The thing could not be loaded: no such thing."
