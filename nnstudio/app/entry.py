"""One action of the window, as a line of a table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One action. ``slot`` names the method that does it, of the window or of the feature whose
    entry this is.

    ``menu`` is the English title of the menu that a feature's entry joins, and ``before`` the
    action it stands before there (default: at the end); ``rule`` draws a line above it.
    """

    name: str
    text: str
    slot: str
    shortcut: str = ""
    checkable: bool = False
    help: str = ""
    menu: str = ""
    before: str = ""
    rule: bool = False
