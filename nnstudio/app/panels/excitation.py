"""What excites a unit: the input that it answers most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnstudio.analysis.excitation import Ascent
from nnstudio.app import heatmap
from nnstudio.app.bars import Bar, Bars
from nnstudio.app.charts.gallery import Gallery, Tile
from nnstudio.app.example_picture import is_picture
from nnstudio.app.feature_names import input_name
from nnstudio.app.figures import signed_text
from nnstudio.app.header import HeaderButton
from nnstudio.app.layer_choice import LayerPicker, has_values
from nnstudio.app.layer_titles import layer_titles
from nnstudio.app.panel import panel
from nnstudio.app.sampled import sample
from nnstudio.app.view_panel import Missing, Picker, ViewPanel
from nnstudio.app.work import Work
from nnstudio.core.text import mark, named, tr
from nnstudio.engine.view import View

STEPS = 120
MOST_UNITS = 256
MOST_BARS = 24


@dataclass(frozen=True)
class Excited:
    """The input (*shape) so far, and the unit's value at each step."""

    node: str
    number: int
    x: np.ndarray
    values: tuple[float, ...]
    done: bool
    step: int  # of training


class Climb:
    """One unit's ascent on one state of the network."""

    def __init__(self, node: str, number: int) -> None:
        self.node, self.number = node, number
        self.ascent: Ascent | None = None
        self.step = 0
        self.work = Work(self._climb)

    def _climb(self, view: View) -> bool:
        if self.ascent is None:
            x, _ = sample(view, 256)
            low, high = float(x.min(initial=0.0)), float(x.max(initial=1.0))
            spread = float(x.std()) if x.size else 1.0
            random = np.random.default_rng(7)
            self.ascent = Ascent(tuple(x.shape[1:]), low, high, spread, random)
            self.step = view.snapshot.step
        self.ascent.advance(lambda x: self._slope(view, x))
        return len(self.ascent.values) < STEPS

    def _slope(self, view: View, x: np.ndarray) -> tuple[float, np.ndarray]:
        shape = view.setup.network.facts[self.node].shape or (1,)
        seed = np.zeros((1, *shape), np.float32)
        seed[..., self.number] = 1 / max(1, int(np.prod(shape[:-1])))
        found = view.derive(x, seed, upto=self.node)
        return float((found.output * seed).sum()), found.by_input


@panel
class ExcitationPanel(ViewPanel):
    """A picture, or bars for numbers; it grows while one looks."""

    name = "excitation"
    title = mark("What excites a unit")
    help = mark("The input that a unit answers most, found by gradient ascent.")
    group = mark("Inside the network")
    order = 52
    rate = 12.0
    settles = True

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self.gallery = Gallery(self)
        self.gallery.reader = self._read
        self.bars = Bars(self)
        self.hold(self.gallery)
        self.hold(self.bars)
        self.layer = LayerPicker()
        self.layer.picked.connect(self._other_layer)
        self.unit = Picker(mark("Which unit"))
        self.unit.picked.connect(self._other_unit)
        self.again = HeaderButton(mark("again"), mark("Climb again, with the present weights."))
        self.again.clicked.connect(self._anew)
        self._climb = Climb("", 0)
        self._turn = 0
        self.adapt()

    def header_widgets(self) -> list[QWidget]:
        """Layer, unit, again."""
        return [self.layer, self.unit, self.again]

    def adapt(self) -> None:
        """Another network has other units."""
        network = self.document.setup.network
        self.layer.adopt(network, has_values, last=True)
        self._fill()
        if self.result is None:
            self._anew()

    def _fill(self) -> None:
        network = self.document.setup.network
        shape = network.facts[self.layer.value].shape if self.layer.value in network else None
        count = min(shape[-1], MOST_UNITS) if shape else 0
        classes = self.document.data.classes
        is_output = self.layer.value == network.output.id and len(classes) == count
        self.unit.set_words(
            {
                str(at): named(classes[at]) if is_output else tr("unit {n}", n=at + 1)
                for at in range(count)
            },
            plain=True,
        )

    def selection_changed(self) -> None:
        """Go to the chosen unit."""
        unit = self.selection.unit
        if unit is not None and unit.number >= 0:
            self.layer.choose(unit.node)
            self._fill()
            self.unit.choose(str(unit.number))
            if (unit.node, unit.number) != (self._climb.node, self._climb.number):
                self._anew()

    @Slot()
    def _other_layer(self) -> None:
        self._fill()
        self._other_unit()

    @Slot()
    def _other_unit(self) -> None:
        self._anew()
        if self.unit.value:
            self.selection.choose_unit(self.layer.value, int(self.unit.value))

    @Slot()
    def _anew(self) -> None:
        self._climb = Climb(self.layer.value, int(self.unit.value or 0))
        self._turn += 1

    def request(self) -> Any:
        """The climb, and whether it needs another turn."""
        return self._climb, self._turn

    @staticmethod
    def measure(view: View, request: Any) -> Excited | Missing:
        """A few steps uphill."""
        climb: Climb = request[0]
        if climb.node not in view.setup.network:
            return Missing(mark("This view needs a network with a layer."))
        if not len(view.data.train):
            return Missing(mark("This view needs training data."))
        climb.work.advance(view)
        assert climb.ascent is not None
        return Excited(
            climb.node, climb.number, climb.ascent.x[0].copy(), tuple(climb.ascent.values),
            climb.work.done, climb.step,
        )  # fmt: skip

    def display(self, result: Excited | Missing) -> None:
        """Show, and go on."""
        if isinstance(result, Excited) and not result.done:
            self._turn += 1
        super().display(result)

    def show_result(self, result: Excited) -> None:
        """Picture or bars."""
        data = self.document.data
        picture = is_picture(data) and result.x.ndim == 3
        self.gallery.setVisible(picture)
        self.bars.setVisible(not picture)
        reach = max(float(np.abs(result.x).max(initial=0.0)), 1e-9)
        value = signed_text(result.values[-1])
        if picture:
            if result.x.shape[2] == 1:
                tile = Tile(heatmap.quantize(result.x[..., 0], reach), "heat", value)
            else:
                low, high = float(result.x.min()), float(result.x.max())
                levels = np.rint((result.x - low) / max(high - low, 1e-9) * 255).astype(np.uint8)
                tile = Tile(levels, caption=value)
            self.gallery.setAccessibleName(tr("The input that excites the unit"))
            self.gallery.show_tiles([tile])
            return
        flat = result.x.ravel()
        self.bars.setAccessibleName(tr("The input that excites the unit"))
        self.bars.show_bars(
            [
                Bar(
                    input_name(data, at),
                    abs(float(flat[at])) / reach, signed_text(float(flat[at])),
                    bool(flat[at] >= 0),
                )
                for at in range(min(len(flat), MOST_BARS))
            ]
        )  # fmt: skip

    def _read(self, index: int, across: float, down: float) -> list[tuple[str, str]]:
        """The number of a pixel."""
        if self.result is None:
            return []
        x = self.result.x
        row, column = int(down * x.shape[0]), int(across * x.shape[1])
        if not (0 <= row < x.shape[0] and 0 <= column < x.shape[1]):
            return []
        values = ", ".join(signed_text(float(v)) for v in x[row, column])
        return [(tr("value"), values), (tr("place"), f"{row + 1}, {column + 1}")]

    def describe(self, result: Excited) -> str:
        """How far it has come."""
        title = layer_titles(self.document.setup.network).get(result.node, "")
        return tr(
            "Unit {n} of {layer} rises from {a} to {b} for this input.",
            n=result.number + 1, layer=title,
            a=signed_text(result.values[0]), b=signed_text(result.values[-1]),
        )  # fmt: skip

    def rows(self, result: Excited) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """The input, number by number."""
        return ("input", "value"), enumerate(result.x.ravel().tolist(), 1)
