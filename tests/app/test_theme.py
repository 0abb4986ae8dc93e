"""Colours, icons and type, in both themes, switched while the window is open."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QLabel

from nnstudio.app import icons, theme
from nnstudio.app.looks import Looks
from nnstudio.app.settings import Settings
from nnstudio.core.resources import resource

ICONS = sorted(path.stem for path in resource("icons").glob("*.svg"))


def luminance(colour: str) -> float:
    parts = [value / 255 for value in theme.rgb(colour)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", theme.THEMES)
def test_the_stylesheet_has_no_token_left(name):
    sheet = theme.stylesheet(theme.THEMES[name])
    assert not re.search(r"@\w", sheet)
    assert theme.THEMES[name].accent in sheet


@pytest.mark.parametrize("look", theme.THEMES.values(), ids=lambda look: look.name)
def test_text_can_be_read(look):
    for text, ground in (
        (look.text, look.panel), (look.text, look.accent_soft), (look.muted, look.panel),
        (look.bad, look.bad_soft), (look.warn, look.warn_soft), (look.good, look.good_soft),
        (look.on_tooltip, look.tooltip), (look.muted, look.groove),
    ):  # fmt: skip
        assert contrast(text, ground) >= 4.5, (text, ground)


def test_a_theme_reaches_open_widgets(qtbot, look):
    app = QApplication.instance()
    label = QLabel("word")
    qtbot.addWidget(label)
    label.show()
    for name in ("dark", "light", "contrast"):
        theme.apply(app, name)
        assert theme.current().name == name
        ink = label.palette().color(QPalette.ColorRole.WindowText).name()
        assert ink == theme.current().text


def test_system_is_one_of_the_themes(qapp):
    assert theme.resolve("system") in theme.THEMES.values()


def test_the_desktops_wishes_are_followed_live(qapp, look, monkeypatch):
    settings = Settings()
    settings.theme = "system"
    looks = Looks(settings)
    desktop = QGuiApplication.styleHints()
    wished = theme.CONTRAST
    monkeypatch.setattr(theme, "resolve", lambda choice: wished)
    desktop.accessibility().contrastPreferenceChanged.emit(Qt.ContrastPreference.HighContrast)
    assert theme.current() is theme.CONTRAST
    wished = theme.DARK
    desktop.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.current() is theme.DARK
    looks.deleteLater()


def test_figures_are_tabular(qapp):
    for pixels in (11, 13, 22):
        metrics = QFontMetricsF(theme.font(pixels, bold=True))
        assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("0000")


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_is_drawn_in_the_colour_asked_for(qapp, name):
    for ratio in (1.0, 1.5, 2.0):
        drawn = icons.pixmap(name, 20, colour="#ff0000", ratio=ratio)
        assert drawn.width() == round(20 * ratio)
        image = drawn.toImage()
        seen = {
            image.pixelColor(x, y).name()
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() > 120
        }
        assert seen == {"#ff0000"}


def test_icons_name_no_colour_of_their_own():
    for name in ICONS:
        assert "currentColor" in icons.drawing(name)
        assert not re.search(r"#[0-9a-fA-F]{3}", icons.drawing(name))
