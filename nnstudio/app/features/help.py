"""Help: the shortcuts sheet and the glossary, small windows beside the work."""

from __future__ import annotations

import html
import json
import re
from operator import itemgetter

from PySide6.QtCore import QEvent, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLineEdit, QTextBrowser, QWidget

from nnstudio.app import theme
from nnstudio.app.entry import Entry
from nnstudio.app.feature import Feature, feature
from nnstudio.app.features.presentation import KEYS as PRESENTATION_KEYS
from nnstudio.app.i18n import SAID, say
from nnstudio.app.widgets.dialog import SideWindow
from nnstudio.core import text
from nnstudio.core.resources import resource
from nnstudio.core.text import mark, tr

#: Keys that are no actions: what they do, by where.
ANYWHERE = (
    ("F10", mark("Open the menus")),
    ("Alt+F  Alt+E  …", mark("Open the menu of that letter")),
    ("Tab  Shift+Tab", mark("Next control, and the one before")),
    ("Esc", mark("Close what is open, choose nothing")),
)
CANVAS_KEYS = (
    ("Ctrl+0", mark("Fit the whole network")),
    ("Ctrl++  Ctrl+−", mark("Zoom")),
    ("← → ↑ ↓", mark("Walk through layers and units")),
    ("Alt+↑  Alt+↓", mark("Walk through the links of a unit")),
    ("Ins", mark("Insert a layer after the chosen one")),
    ("+  −", mark("One unit more, one less")),
    ("Enter", mark("Settings of the layer, or the number of a link or unit")),
    ("C", mark("Connect: arrows choose the other layer, Enter links")),
    ("F  Ctrl+G", mark("Fold or unfold")),
    ("Ctrl+C  Ctrl+X  Ctrl+V  Ctrl+D", mark("Copy, cut, paste, duplicate layers")),
    ("Ctrl+A  Shift+→", mark("Choose all layers, or one more")),
)


class Page(SideWindow):
    """A text with a search field above it; ``lines`` gives (heading, text) pairs."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.resize(520, 600)
        self.search = QLineEdit(self)
        say(self.search, placeholder=mark("Search"), name=mark("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.show_text)
        self.body = QTextBrowser(self)
        self.body.setOpenLinks(False)
        self.body.setFrameStyle(0)
        say(self.body, name=title)
        self.column.addWidget(self.search)
        self.column.addWidget(self.body, 1)

    def content(self, wanted: str) -> str:
        """HTML of what holds the wanted words."""
        raise NotImplementedError

    @Slot()
    def show_text(self) -> None:
        """Show what the search finds."""
        found = self.content(self.search.text().strip().casefold())
        self.body.setHtml(found or f"<p>{tr('Nothing found.')}</p>")

    def changeEvent(self, event: QEvent) -> None:
        """Language and theme change live."""
        super().changeEvent(event)
        kinds = (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange)
        if event.type() in kinds and hasattr(self, "body"):
            self.show_text()

    @Slot()
    def open(self) -> None:
        """Show it, ready to search."""
        self.show_text()
        super().open()
        self.search.setFocus()


class Shortcuts(Page):
    """Every action with a key, by menu."""

    def __init__(self, window: QWidget) -> None:
        self.window_of = window
        super().__init__(mark("Keyboard shortcuts"), window)

    def content(self, wanted: str) -> str:
        muted, middle = theme.current().muted, "<td valign='middle'"
        parts = []
        for title, menu in self.window_of.menus.menus.items():  # type: ignore[attr-defined]
            lines = [
                (_plain(action), keys)
                for action in menu.actions()
                if (keys := action.shortcut().toString(QKeySequence.SequenceFormat.NativeText))
            ]
            parts.append((tr(title), lines))
        parts.append((tr("Everywhere"), [(tr(what), keys) for keys, what in ANYWHERE]))
        parts.append((tr("On the network"), [(tr(what), keys) for keys, what in CANVAS_KEYS]))
        parts.append((tr("Presentation"), [(tr(what), keys) for keys, what in PRESENTATION_KEYS]))
        shown = ""
        for heading, lines in parts:
            rows = "".join(
                f"<tr>{middle} width='330'>{html.escape(what)}</td>"
                f"{middle}><span style='color:{muted}'>{html.escape(keys)}</span></td></tr>"
                for what, keys in lines
                if wanted in f"{what} {keys} {heading}".casefold()
            )
            if rows:
                shown += f"<h4>{html.escape(heading)}</h4><table cellpadding='3'>{rows}</table>"
        return shown


def _plain(action: QAction) -> str:
    """What an action is called at all times: “Undo”, whatever there is to undo now."""
    said = action.property(SAID) or {}
    name = tr(said["text"]) if "text" in said else action.text()
    return str(name).replace("&", "")


class Glossary(Page):
    """The words of the field, in plain words."""

    def __init__(self, window: QWidget) -> None:
        path = resource("help", "glossary.json")
        self.entries: list[dict[str, list[str]]] = json.loads(path.read_text(encoding="utf-8"))
        super().__init__(mark("Glossary"), window)

    def content(self, wanted: str) -> str:
        muted = theme.current().muted
        wanted = one_spelling(wanted)
        found = []
        for entry in self.entries:
            term, meaning, other = self._said(entry)
            titles = [one_spelling(name) for name in (term, other) if name]
            names = [one_spelling(name) for name in entry.get("also", ())]
            place = rank(wanted, titles, names, one_spelling(meaning))
            if place is not None:
                found.append((place, term, meaning, other))
        found.sort(key=itemgetter(0))
        shown = []
        for _, term, meaning, other in found:
            also = f" <span style='color:{muted}'>{html.escape(other)}</span>" if other else ""
            shown.append(f"<p><b>{html.escape(term)}</b>{also}<br>{html.escape(meaning)}</p>")
        return "".join(shown)

    @staticmethod
    def _said(entry: dict[str, list[str]]) -> tuple[str, str, str]:
        """Term, meaning, and the English term where another language speaks."""
        language = text.language()
        term, meaning = entry.get(language, entry["en"])
        return term, meaning, entry["en"][0] if entry["en"][0] != term else ""


def rank(wanted: str, titles: list[str], others: list[str], meaning: str) -> int | None:
    """How good an answer an entry is, the best 0; None if not all of the words are in it."""
    words, names = wanted.split(), [*titles, *others]
    if not all(word in " ".join((*names, meaning)) for word in words):
        return None
    if wanted in titles:
        return 0
    if any(name.startswith(wanted) for name in names):
        return 1
    if any(all(word in title for word in words) for title in titles):
        return 2
    return 3 if all(word in " ".join(names) for word in words) else 4


def one_spelling(words: str) -> str:
    """Small letters, British spelling as American: generalisation is generalization."""
    return re.sub(r"is(ation|e|ed|er|ing)\b", r"iz\1", words.casefold())


@feature
class Help(Feature):
    """Two entries of the Help menu."""

    name = "help"
    order = 960
    entries = (
        Entry("glossary", mark("Glossary"), "open_glossary", "Shift+F1", menu="Help"),
        Entry("shortcuts", mark("Keyboard shortcuts"), "open_shortcuts", "F1", menu="Help"),
    )

    glossary: Glossary | None = None
    shortcuts: Shortcuts | None = None

    @Slot()
    def open_glossary(self) -> None:
        """Show what the words mean."""
        if self.glossary is None:
            self.glossary = Glossary(self.window)
        self.glossary.open()

    @Slot()
    def open_shortcuts(self) -> None:
        """Show the keys."""
        if self.shortcuts is None:
            self.shortcuts = Shortcuts(self.window)
        self.shortcuts.open()
