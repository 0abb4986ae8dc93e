"""The words a person reads, and the error that carries them.

Every visible sentence is written in English in the source and looked up in a catalogue
(``resources/translations/<language>/*.json``, English text -> translated text) when it is shown.
Values are filled in *after* the look-up, so a sentence with a number in it has one entry.

What people bring along (names of classes, columns, files) is never looked up: only a ``Marked``
text is, and ``mark`` alone makes one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from nnstudio.core.resources import resource

LANGUAGES = {"en": "English", "zh": "中文"}
#: Letters of one value in a sentence of an error.
LONGEST = 400


class Marked(str):
    """A text of the program's own, declared with ``mark``."""

    __slots__ = ()


_catalogue: dict[str, str] = {}
_language = "en"


def catalogue(language: str) -> dict[str, str]:
    """Every text of a language: English -> translated. One file for each room of the program."""
    entries: dict[str, str] = {}
    for path in sorted(resource("translations", language).glob("*.json")):
        entries |= json.loads(path.read_text(encoding="utf-8"))
    return entries


def set_language(language: str) -> None:
    """Choose the language of every later ``tr``; raises ``KeyError`` for an unknown one."""
    global _catalogue, _language
    if language not in LANGUAGES:
        raise KeyError(language)
    _language = language
    _catalogue = {} if language == "en" else catalogue(language)


def language() -> str:
    """The code of the language now in use, such as ``"en"``."""
    return _language


def in_a_line(sentences: Iterable[str]) -> str:
    """Sentences one after another; Chinese has no space between them."""
    return ("" if language() == "zh" else " ").join(sentences)


def listed(names: Iterable[str]) -> str:
    """Names one after another, with the comma of lists."""
    return ("、" if language() == "zh" else ", ").join(names)


def tr(template: str, **values: Any) -> str:
    """Translate ``template`` and fill its ``{named}`` places: ``tr("{n} layers", n=3)``."""
    text = _catalogue.get(template, template)
    return text.format(**values) if values else text


def mark(template: str) -> Marked:
    """Mark a text for translation where it is *declared*; ``tr`` it where it is shown."""
    return Marked(template)


def named(name: str) -> str:
    """A name as it is shown: a marked one translated, one that people brought along as it is.

    For names that may be either, such as those of classes: ``blue`` of a built-in data set speaks
    every language, ``blue`` of somebody's table only its own.
    """
    return tr(name) if isinstance(name, Marked) else name


def clipped(text: str) -> str:
    """A text that fits into a sentence: a longer one loses its end."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


class StudioError(Exception):
    """What went wrong, where, and what to do, in a sentence for the person at the window.

    Keeps the English template and its values apart, so that the sentence can be shown again in
    another language. ``node`` names the network node that is at fault, if one is.
    """

    def __init__(self, template: str, /, *, node: str | None = None, **values: Any) -> None:
        super().__init__(template, values)
        self.template = template
        self.values = values
        self.node = node

    def __str__(self) -> str:
        # Values may themselves be marked texts (a layer's label), so they are translated too. What
        # a file brought along may be of any length: a sentence stays one.
        values = {k: clipped(named(v)) if isinstance(v, str) else v for k, v in self.values.items()}
        return tr(self.template).format(**values) if values else tr(self.template)

    def at(self, node: str) -> StudioError:
        """The same error, placed on a node."""
        return type(self)(self.template, node=node, **self.values)
