"""Recording: real frames of a real session, as a GIF and as files."""

from __future__ import annotations

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from nnstudio.app.time import film as film_module
from nnstudio.app.time.film import FORMS, Film
from tests.app.test_time_machine import studio  # noqa: F401


def colour(name, size=(40, 30)):
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor(name))
    return image


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_an_animation_has_the_frames_in_their_order_and_size(tmp_path, form):
    film = Film(tmp_path / "a", form=form, rate=10, width=20)
    for name in (Qt.GlobalColor.red, Qt.GlobalColor.green, Qt.GlobalColor.blue):
        film.add(colour(name))
    film.finish()
    film.join()
    assert film.error is None
    with Image.open(tmp_path / "a") as found:
        assert found.format.lower() == form
        assert found.n_frames == 3 and found.size == (20, 15)
        found.seek(2)
        found.load()
        assert found.info["duration"] == 100
        assert found.convert("RGB").getpixel((5, 5))[2] > 200


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("x")
    film = Film(tmp_path / "file" / "frames", form="frames", rate=10, width=20)
    film.add(colour(Qt.GlobalColor.red))
    film.finish()
    film.join()
    assert film.error is not None and "file" in str(film.error)


@pytest.mark.parametrize("form", FORMS)
def test_training_is_recorded(qtbot, studio, tmp_path, form):  # noqa: F811
    window = studio.window
    feature = window.features["recording"]
    window.actions_by_name["record"].trigger()
    box = feature.box
    box.form.setCurrentIndex(box.form.findData(form))
    box.what.setCurrentIndex(box.what.findData("network"))
    box.rate.setCurrentIndex(3)
    box.width_box.setCurrentIndex(0)
    path = tmp_path / form
    feature.record_to(str(path))
    studio.session.play()
    qtbot.waitUntil(lambda: feature.film.frames >= 10, timeout=60000)
    studio.session.pause()
    qtbot.mouseClick(box.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: feature.film is None, timeout=20000)
    if form != "frames":
        with Image.open(path) as found:
            # WebP joins frames that are alike.
            assert found.n_frames >= (2 if form == "gif" else 1) and found.size[0] <= 480
    else:
        assert len(list(path.glob("frame-*.png"))) >= 4


def test_webp_frames_wait_within_their_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(film_module, "MOST_BYTES", 3 * 20 * 15 * 4)
    film = Film(tmp_path / "a.webp", form="webp", rate=10, width=20)
    for _ in range(3):
        film.add(colour(Qt.GlobalColor.red))
    assert not film.full
    film.add(colour(Qt.GlobalColor.blue))
    assert film.full
    film.finish()
    film.join()
    assert film.error is None
