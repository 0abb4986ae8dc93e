"""Theme and language of the running program: switched live, remembered."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication

from nnstudio.app import i18n, theme
from nnstudio.app.settings import Settings


class Looks(QObject):
    """Dresses the application as the settings say. ``changed`` comes after a switch."""

    changed = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.application: QApplication = application
        self.settings = settings
        theme.prepare(application, settings.theme)
        i18n.switch(application, self.language)
        desktop = QGuiApplication.styleHints()
        desktop.colorSchemeChanged.connect(self.follow_desktop)
        desktop.accessibility().contrastPreferenceChanged.connect(self.follow_desktop)

    def dress(self) -> None:
        """Put on the sheet, when the window has been put together: under one, each widget is
        dressed anew every time that it or what holds it finds its place, a third of the time until
        the first picture."""
        self.application.setStyleSheet(theme.stylesheet(theme.current()))

    @property
    def language(self) -> str:
        """The language that the settings mean here."""
        chosen = self.settings.language
        return i18n.default_language() if chosen == "system" else chosen

    @Slot(str)
    def set_theme(self, choice: str) -> None:
        """Light, dark or as the desktop has it."""
        self.settings.theme = choice
        self.follow_desktop()

    @Slot()
    def follow_desktop(self) -> None:
        """Put on what the settings mean now, which for “system” the desktop decides."""
        if theme.resolve(self.settings.theme) != theme.current():
            theme.apply(self.application, self.settings.theme)
        self.changed.emit()

    @Slot(str)
    def set_language(self, language: str) -> None:
        """Show everything in another language."""
        self.settings.language = language
        i18n.switch(self.application, self.language)
        self.changed.emit()

    @Slot(QAction)
    def theme_triggered(self, action: QAction) -> None:
        """A theme of a menu."""
        self.set_theme(action.data())

    @Slot(QAction)
    def language_triggered(self, action: QAction) -> None:
        """A language of a menu."""
        self.set_language(action.data())
