"""The notice bar: a message strip that stays out of the way and never stops anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from nnstudio.app import icons, theme
from nnstudio.app.i18n import say
from nnstudio.app.widgets.buttons import IconButton
from nnstudio.core.text import StudioError, mark, tr

INFORMATION_MILLISECONDS = 8000

_ICONS = {"info": "info", "good": "check", "warning": "warning", "error": "warning"}
_COLOURS = {"info": "accent", "good": "good", "warning": "warn", "error": "bad"}


class NoticeBar(QFrame):
    """Shows one message at a time. Errors stay until closed, information goes by itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.error: StudioError | None = None
        self.behind: StudioError | None = None  # waits until an offer is answered
        self.template = ""
        self.kind = "info"
        self.sign = QLabel(self)
        self.sign.setFixedSize(QSize(18, 18))
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.choices: list[QPushButton] = []
        self.close_button = IconButton("close", mark("Close this message"), size=22, frame=False)
        self.close_button.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 10, 5)
        row.setSpacing(9)
        row.addWidget(self.sign)
        row.addWidget(self.text, 1)
        row.addWidget(self.close_button)
        self.row = row
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self.dismiss)
        self.hide()

    @Slot(object)
    def show_error(self, error: StudioError) -> None:
        """Say what went wrong, until it is closed."""
        self.error = error
        self._show("error")

    def offer(
        self,
        message: str | StudioError,
        choices: Mapping[str, Callable[[], object]],
        kind: str = "info",
    ) -> None:
        """Say something with a button for each choice (marked text -> bound method), until one is
        pressed or the bar is closed. ``message`` is a marked text, or an error with values. An
        error that nobody has closed yet comes back afterwards."""
        if not self.isHidden() and self.kind == "error":
            self.behind = self.error
        self.error = message if isinstance(message, StudioError) else None
        self.template = message if isinstance(message, str) else ""
        self._show(kind, choices)

    def show_text(self, template: str, kind: str = "info") -> None:
        """Say a marked text; ``kind`` is info, good, warning or error."""
        self.error = None
        self.template = template
        self._show(kind)

    def _show(self, kind: str, choices: Mapping[str, Callable[[], object]] | None = None) -> None:
        self.kind = kind
        self._offer(choices or {})
        self.setProperty("notice", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        for part in (self.text, self.sign):
            part.style().unpolish(part)
            part.style().polish(part)
        self._say()
        self.show()
        self.timer.stop()
        if kind in ("info", "good") and not choices:
            self.timer.start(INFORMATION_MILLISECONDS)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.text.text()))

    def _offer(self, choices: Mapping[str, Callable[[], object]]) -> None:
        for old in self.choices:
            self.row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.choices = []
        for label, chosen in choices.items():
            button = say(QPushButton(self), text=label)
            button.clicked.connect(self.dismiss)
            button.clicked.connect(chosen)
            self.row.insertWidget(self.row.indexOf(self.close_button), button)
            self.choices.append(button)

    def _say(self) -> None:
        colour = getattr(theme.current(), _COLOURS[self.kind])
        ratio = self.devicePixelRatioF()
        self.sign.setPixmap(icons.pixmap(_ICONS[self.kind], 18, colour=colour, ratio=ratio))
        self.text.setText(str(self.error) if self.error is not None else tr(self.template))

    @Slot()
    def dismiss(self) -> None:
        """Hide."""
        self.timer.stop()
        self.error = None
        self.hide()
        if self.behind is not None:
            error, self.behind = self.behind, None
            self.show_error(error)

    def changeEvent(self, event: QEvent) -> None:
        """The sentence follows the language, the sign the theme."""
        kinds = (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange)
        if event.type() in kinds and self.isVisible():
            self._say()
        super().changeEvent(event)
