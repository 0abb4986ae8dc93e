"""How well a few typed letters mean a text. No Qt."""

from __future__ import annotations

import re

from nnstudio.core.text import tr

#: A word of a sentence is found by so many of its letters at least; endings of so many may differ.
LEAST, ENDING = 3, 3


def score(query: str, text: str) -> float:
    """0 if the text is not meant; the larger, the better it fits.

    Every word of the query must be found: best as the beginning of a word of the text, then
    anywhere in it, then with its letters in order but apart (``bn`` in “Batch norm”).
    """
    folded = text.casefold()
    total = 0.0
    for word in query.casefold().split():
        one = _word(word, folded)
        if one == 0.0:
            return 0.0
        total += one
    return total - 0.001 * len(folded) if total else 0.0


def told_by(query: str, text: str) -> bool:
    """Whether every word of a query is in a sentence, as the beginning of one of its words or with
    another ending (``regularize``, ``regularization``)."""
    folded = text.casefold()
    words = re.findall(r"\w+", folded)
    asked = [word.strip(":,.;!?\uff1a\uff0c\u3002") for word in query.casefold().split()]
    return all(
        (word in folded if not word.isascii() else any(_is_kin(word, other) for other in words))
        for word in filter(None, asked)
    )


def explained_by(query: str, *told: str) -> bool:
    """``told_by`` marked texts, as they are and translated."""
    return told_by(query, " ".join((*told, *map(tr, told))))


def _is_kin(word: str, other: str) -> bool:
    stem = word[: max(LEAST + 2, len(word) - ENDING)]
    return len(word) >= LEAST and other.startswith(stem)


def _word(word: str, text: str) -> float:
    at = text.find(word)
    if at >= 0:
        while at > 0 and text[at - 1].isalnum() and text[at - 1].isascii():
            further = text.find(word, at + 1)
            if further < 0:
                return 2.0  # within a word
            at = further
        return 4.0 if at == 0 else 3.0
    # The letters in order; each that begins a word counts, each gap costs.
    place, begins, first = -1, 0, -1
    for letter in word:
        place = text.find(letter, place + 1)
        if place < 0:
            return 0.0
        first = place if first < 0 else first
        begins += place == 0 or not text[place - 1].isalnum()
    spread = place - first + 1 - len(word)
    if begins < len(word) and spread > len(word):
        return 0.0
    return max(0.1, 1.0 + begins / len(word) - 0.04 * spread)
