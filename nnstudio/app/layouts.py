"""Layouts of the window for learning, exploring and presenting: which panels, and how much room."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from nnstudio.app.docks.panel_layout import Group, PanelLayout
from nnstudio.core.text import mark

Groups = tuple[tuple[str, ...], ...]

#: What the network answers: each kind of data has one of these.
ANSWERS: Groups = (("output",), ("pad",), ("predictions",), ("try_row",))


@dataclass(frozen=True)
class Arrangement:
    """Groups of panels that share a place, by place; whether the data column shows; and the shares
    of the window's width and height that the right column and the lower panels take (0: usual)."""

    label: str
    right: Groups
    bottom: Groups
    data: bool = True
    wide: float = 0.0
    low: float = 0.0

    def panels(self, known: Collection[str]) -> PanelLayout:
        """As a layout of panels, those in front first; without panels that do not exist."""
        made = PanelLayout()
        for place, groups in (("right", self.right), ("bottom", self.bottom)):
            for names in groups:
                there = [name for name in names if name in known]
                if there:
                    made.places[place].append(Group(there))
        return made


ARRANGEMENTS = {
    "learning": Arrangement(
        mark("Learning"), right=(*ANSWERS, ("scores",)), bottom=(("loss",), ("weights",))
    ),
    "exploring": Arrangement(
        mark("Exploring"),
        right=(*ANSWERS, ("scores", "example")),
        bottom=(
            ("loss", "learning-rate", "runs"),
            ("weights", "histograms", "gradient-flow"),
            ("confusion", "regression", "activations", "embedding"),
        ),
        low=0.34,
    ),
    "presenting": Arrangement(
        mark("Presenting"), right=ANSWERS, bottom=(("loss",), ("scores",)), data=False,
        wide=0.31, low=0.24,
    ),
}  # fmt: skip
USUAL = "learning"
LABELS = {name: one.label for name, one in ARRANGEMENTS.items()}
