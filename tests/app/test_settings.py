"""Preferences survive, and no file can keep the window from opening."""

from __future__ import annotations

import json

import pytest

from nnstudio.app.settings import Settings, settings_path
from nnstudio.core.text import StudioError


def test_what_is_set_is_there_next_time(tmp_path):
    path = tmp_path / "deep" / "settings.json"
    settings = Settings.load(path)
    settings.theme = "dark"
    settings.columns = (200, 600, 300)
    again = Settings.load(path)
    assert again.theme == "dark"
    assert again.columns == (200, 600, 300)
    assert not again.notices
    assert [item.name for item in path.parent.iterdir()] == ["settings.json"]


def test_defaults_remember_nothing():
    settings = Settings()
    settings.theme = "dark"
    assert settings.theme == "dark"
    assert Settings().theme == "system"


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff\xfe\x00", b"", b"null"])
def test_a_broken_file_is_put_aside_with_a_notice(tmp_path, content):
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    settings = Settings.load(path)
    assert settings.theme == "system"
    assert len(settings.notices) == 1
    assert (tmp_path / "settings.broken.json").read_bytes() == content
    settings.language = "zh"
    assert Settings.load(path).language == "zh"


def test_one_unfit_value_costs_only_itself(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "pink", "language": "zh", "rows": ["a"], "later": 1}))
    settings = Settings.load(path)
    assert (settings.theme, settings.language, settings.rows) == ("system", "zh", ())
    (notice,) = settings.notices
    assert str(notice).endswith("defaults: Theme, Rows.")
    assert json.loads((tmp_path / "settings.broken.json").read_text())["theme"] == "pink"


def test_an_unfit_value_is_refused():
    settings = Settings()
    with pytest.raises(StudioError):
        settings.theme = "pink"
    with pytest.raises(AttributeError):
        settings.colour = "dark"
    assert settings.theme == "system"


def test_a_home_that_cannot_be_written_is_no_reason_to_stop(tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings = Settings.load(tmp_path / "file" / "settings.json")
    told = []
    settings.listen(told.append)
    settings.theme = "dark"
    settings.language = "zh"
    assert settings.theme == "dark"
    (error,) = told  # once is enough
    assert str(tmp_path / "file") in str(error)
    (tmp_path / "file").unlink()
    settings.theme = "light"
    assert Settings.load(tmp_path / "file" / "settings.json").theme == "light"


def test_earlier_broken_files_are_kept_too(tmp_path):
    path = tmp_path / "settings.json"
    for content in (b"{", b"[1"):
        path.write_bytes(content)
        (notice,) = Settings.load(path).notices
    assert (tmp_path / "settings.broken.json").read_bytes() == b"{"
    assert (tmp_path / "settings.broken-2.json").read_bytes() == b"[1"
    assert "settings.broken-2.json" in str(notice)


def test_a_folder_in_place_of_the_file_goes_out_of_the_way(tmp_path):
    path = tmp_path / "settings.json"
    (path / "inside").mkdir(parents=True)
    settings = Settings.load(path)
    assert len(settings.notices) == 1
    assert (tmp_path / "settings.broken.json" / "inside").is_dir()
    settings.theme = "dark"
    assert Settings.load(path).theme == "dark"


def test_a_file_that_may_not_be_read_is_told_and_replaced(tmp_path, monkeypatch):
    path = tmp_path / "settings.json"
    path.write_text("{}")
    reading = type(path).read_text

    def refuse(self, *args, **kwargs):
        if self == path:
            raise PermissionError(13, "Permission denied")
        return reading(self, *args, **kwargs)

    monkeypatch.setattr(type(path), "read_text", refuse)
    settings = Settings.load(path)
    assert len(settings.notices) == 1 and settings.theme == "system"
    monkeypatch.setattr(type(path), "read_text", reading)
    settings.theme = "dark"
    assert Settings.load(path).theme == "dark"


def test_the_window_tells_that_settings_cannot_be_kept_and_goes_on(window, tmp_path):
    (tmp_path / "file").write_text("in the way")
    vars(window.settings)["path"] = tmp_path / "file" / "settings.json"
    window.looks.set_theme("dark")
    assert window.notice.isVisible() and "cannot be saved" in window.notice.text.text()
    assert window.settings.theme == "dark"
    window.toggle_play()
    assert window.session.playing


def test_the_file_has_a_place_of_its_own():
    assert settings_path().name == "settings.json"
    assert "nnstudio" in str(settings_path())


def test_a_notice_of_settings_waits_behind_an_offer(window, qtbot):
    window.notice.show_error(StudioError("settings"))
    window.notice.offer("Unsaved work", {"Open": window.reset})
    assert window.notice.text.text() == "Unsaved work"
    window.notice.choices[0].click()
    assert window.notice.text.text() == "settings"
    window.notice.close_button.click()
    assert not window.notice.isVisible()
