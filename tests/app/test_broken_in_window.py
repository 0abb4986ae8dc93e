"""Every broken file dropped on the window: a sentence is shown, and everything is as it was."""

from __future__ import annotations

import zipfile

import pytest
from PySide6.QtCore import Qt

from tests.app.person import Person, wait_until
from tests.readers.test_broken import FILES

LEFT = Qt.MouseButton.LeftButton


def refusal(window, path):
    """Drop a file and use it, if it is offered; gives the sentence that is shown."""
    bar = window.databar
    chooser = bar.pages["Tables"].chooser
    before = window.document.setup, window.document.data, window.document.stack.count()
    Person(window).drops(path)
    wait_until(lambda: window.notice.isVisible() or chooser.isVisible())
    if chooser.isVisible():
        chooser.use.click()
        wait_until(lambda: window.notice.isVisible())
    assert window.notice.kind in ("error", "warning")
    assert before == (window.document.setup, window.document.data, window.document.stack.count())
    assert not bar.loader.busy and not bar.looks.busy and not chooser.isVisible()
    return window.notice.text.text()


@pytest.mark.parametrize("start", range(0, len(FILES), 10))
def test_broken_files_change_nothing(window, tmp_path, start):
    for name, (content, words) in list(FILES.items())[start : start + 10]:
        path = tmp_path / f"{len(name)}.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        sentence = refusal(window, path)
        assert words in sentence and "Traceback" not in sentence, name


def test_broken_pictures_change_nothing(window, tmp_path):
    folder = tmp_path / "pictures"
    (folder / "a").mkdir(parents=True)
    (folder / "b").mkdir()
    for name in ("a/1.png", "b/2.jpg"):
        (folder / name).write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    assert "pictures" in refusal(window, folder)
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    path = tmp_path / "tricks.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("../../a/1.png", b"x")
        file.writestr("/b/2.png", b"x")
    assert refusal(window, path)
    assert not (tmp_path.parent / "a").exists()
