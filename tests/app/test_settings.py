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
    assert len(settings.notices) == 2


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
    settings.theme = "dark"
    assert settings.theme == "dark"


def test_the_file_has_a_place_of_its_own():
    assert settings_path().name == "settings.json"
    assert "nnstudio" in str(settings_path())
