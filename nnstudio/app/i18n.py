"""Switching the language while the window is open.

A widget with a fixed text *says* it: ``say(label, text=mark("Learning rate"))`` shows the
translation and keeps the English, so that one walk over the window says everything again in
another language. Widgets whose text is computed listen to ``QEvent.Type.LanguageChange``.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QLibraryInfo,
    QLocale,
    QObject,
    QTranslator,
)
from PySide6.QtWidgets import QApplication

from nnstudio.core import text
from nnstudio.core.text import tr

#: The property of a QObject that keeps what it says.
SAID = "said"

_SETTERS = {
    "text": "setText",
    "title": "setTitle",
    "tool_tip": "setToolTip",
    "name": "setAccessibleName",
    "description": "setAccessibleDescription",
    "placeholder": "setPlaceholderText",
}


def say(target: Any, **texts: str) -> Any:
    """Show marked texts on a widget or action, now and after every change of language.

    Keys: ``text``, ``title``, ``tool_tip``, ``name`` (accessible), ``description`` (accessible),
    ``placeholder``. Gives the target back.
    """
    said = {**(target.property(SAID) or {}), **texts}
    target.setProperty(SAID, said)
    _speak(target, texts)
    return target


def _speak(target: Any, texts: dict[str, str]) -> None:
    for key, template in texts.items():
        getattr(target, _SETTERS[key])(tr(template) if template else "")


def default_language() -> str:
    """The language to begin with: the desktop's if there are texts for it, else English."""
    code = QLocale.system().name().split("_")[0]
    return code if code in text.LANGUAGES else "en"


def switch(app: QApplication, language: str) -> None:
    """Show everything in another language; raises ``KeyError`` for an unknown one."""
    text.set_language(language)
    _translate_qt(app, language)
    for window in app.topLevelWidgets():
        for found in (window, *window.findChildren(QObject)):
            said = found.property(SAID)
            if said:
                _speak(found, said)
    QCoreApplication.sendEvent(app, QEvent(QEvent.Type.LanguageChange))


def _translate_qt(app: QApplication, language: str) -> None:
    """Qt's own words (file dialogs, context menus of fields) follow, as far as Qt has them."""
    for old in app.findChildren(QTranslator, "qt"):
        app.removeTranslator(old)
        old.deleteLater()
    names = {"zh": "qtbase_zh_CN"}
    if language in names:
        translator = QTranslator(app)
        translator.setObjectName("qt")
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if translator.load(names[language], folder):
            app.installTranslator(translator)
