"""The examples that the network gets most wrong, as a gallery."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnstudio.analysis.most_wrong import worst
from nnstudio.app.charts.gallery import Gallery, Tile
from nnstudio.app.evaluation import NO_FIT, Evaluation, evaluate, paced
from nnstudio.app.example_picture import is_picture, levels_of, lines_of, output_text, target_text
from nnstudio.app.figures import percent_text
from nnstudio.app.panel import panel
from nnstudio.app.selection import Example, part_of
from nnstudio.app.view_panel import Missing, Picker, ViewPanel
from nnstudio.core.text import mark, named, tr
from nnstudio.engine.view import View

#: At most so many are shown: pictures, or rows of numbers.
MOST, MOST_ROWS = 18, 8


@dataclass(frozen=True)
class Worst:
    """Where in the evaluation the worst are, worst first, their errors, and how many of it are
    wrong (0 for numbers)."""

    evaluation: Evaluation
    places: np.ndarray
    errors: np.ndarray
    wrong: int


@panel
class MostWrongPanel(ViewPanel):
    """Truth → what the network says, the largest error first."""

    name = "most-wrong"
    title = mark("Most wrong")
    help = mark("The examples with the largest errors; a click looks at one everywhere.")
    group = mark("Predictions")
    order = 31
    rate = 1.0
    when_wide = ("Images/classification",)

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self.gallery = Gallery(self)
        self.gallery.reader = self._read
        self.gallery.clicked.connect(self._look)
        self.hold(self.gallery)
        self.part = Picker(
            mark("Which part of the data"),
            {"valid": mark("validation"), "train": mark("training")},
        )

    def header_widgets(self) -> list[QWidget]:
        """The part."""
        return [self.part]

    def request(self) -> Any:
        """The part."""
        return self.part.value

    @staticmethod
    def measure(view: View, request: Any) -> Worst | Missing:
        """Rank the errors."""
        part = request if request == "train" or len(view.data.valid) else "train"
        found = evaluate(view, part)
        if found is None:
            return Missing(NO_FIT)
        answers = found.output if found.probabilities is None else found.probabilities
        most = MOST if is_picture(view.data) else MOST_ROWS
        places, errors, wrong = worst(answers, found.target, view.data.task, most)
        if not len(places):
            return Missing(mark("Nothing is wrong: every example that was looked at is right."))
        return Worst(found, places, errors, wrong)

    def show_result(self, result: Worst) -> None:
        """The tiles."""
        self.rate = paced(type(self).rate, result.evaluation)
        data, found = self.document.data, result.evaluation
        x = part_of(data, found.part).x
        tiles = []
        for place in result.places.tolist():
            row = int(found.rows[place])
            levels = levels_of(data, x[row])
            tiles.append(
                Tile(
                    levels,
                    caption="→".join(self._words(found, place)),
                    lines=() if levels is not None else lines_of(data, x[row], 2),
                    chosen=self.selection.example == Example(found.part, row),
                )
            )
        self.gallery.setAccessibleName(tr("The examples with the largest errors"))
        self.gallery.show_tiles(tiles)

    def _words(self, found: Evaluation, place: int) -> tuple[str, str]:
        """The truth, and what the network says."""
        data = self.document.data
        truth = target_text(data, found.target[place])
        if found.probabilities is None:
            return truth, output_text(data, found.output[place], None)
        return truth, named(data.classes[int(found.said[place])])

    def _read(self, index: int, across: float, down: float) -> list[tuple[str, str]]:
        """Number, truth and answer of a tile."""
        result = self.result
        if result is None or index >= len(result.places):
            return []
        found, place = result.evaluation, int(result.places[index])
        shares = found.probabilities
        said = output_text(
            self.document.data, found.output[place], None if shares is None else shares[place]
        )
        return [
            (tr("example"), f"{int(found.rows[place]) + 1:,}"),
            (tr("truth"), self._words(found, place)[0]),
            (tr("said"), said),
        ]

    @Slot(int)
    def _look(self, index: int) -> None:
        if self.result is not None and index < len(self.result.places):
            found = self.result.evaluation
            row = int(found.rows[self.result.places[index]])
            if found.truth is not None:
                self.selection.choose_class(int(found.truth[self.result.places[index]]))
            self.selection.choose_example(found.part, row)

    def describe(self, result: Worst) -> str:
        """How many are wrong, and the worst."""
        found = result.evaluation
        truth, said = self._words(found, int(result.places[0]))
        if found.probabilities is None:
            return tr("The largest error: {truth} was predicted as {said}.", truth=truth, said=said)
        sentence = (
            mark("1 of {n} examples is wrong ({share}): {truth}, taken for {said}.")
            if result.wrong == 1
            else mark(
                "{wrong} of {n} examples are wrong ({share}). The worst is {truth}, "
                "taken for {said}."
            )
        )
        return tr(
            sentence, wrong=f"{result.wrong:,}", n=f"{len(found.rows):,}",
            share=percent_text(result.wrong / len(found.rows)), truth=truth, said=said,
        )  # fmt: skip

    def rows(self, result: Worst) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """A row an example."""
        found = result.evaluation
        return ("part", "example", "truth", "said", "error"), [
            (found.part, int(found.rows[place]) + 1, *self._words(found, place), float(error))
            for place, error in zip(result.places.tolist(), result.errors, strict=True)
        ]
