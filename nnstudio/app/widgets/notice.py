"""The notice bar: a message strip that stays out of the way and never stops anything."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from nnstudio.app import icons, theme
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
        self.template = ""
        self.kind = "info"
        self.sign = QLabel(self)
        self.sign.setFixedSize(QSize(18, 18))
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.close_button = IconButton("close", mark("Close this message"), size=22, frame=False)
        self.close_button.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 10, 5)
        row.setSpacing(9)
        row.addWidget(self.sign)
        row.addWidget(self.text, 1)
        row.addWidget(self.close_button)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self.dismiss)
        self.hide()

    @Slot(object)
    def show_error(self, error: StudioError) -> None:
        """Say what went wrong, until it is closed."""
        self.error = error
        self._show("error")

    def show_text(self, template: str, kind: str = "info") -> None:
        """Say a marked text; ``kind`` is info, good, warning or error."""
        self.error = None
        self.template = template
        self._show(kind)

    def _show(self, kind: str) -> None:
        self.kind = kind
        self.setProperty("notice", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        for part in (self.text, self.sign):
            part.style().unpolish(part)
            part.style().polish(part)
        self._say()
        self.show()
        self.timer.stop()
        if kind in ("info", "good"):
            self.timer.start(INFORMATION_MILLISECONDS)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.text.text()))

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

    def changeEvent(self, event: QEvent) -> None:
        """The sentence follows the language, the sign the theme."""
        kinds = (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange)
        if event.type() in kinds and self.isVisible():
            self._say()
        super().changeEvent(event)
