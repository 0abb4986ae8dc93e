"""What a layer gives for the current example: feature maps, or a square a unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnstudio.app import heatmap
from nnstudio.app.charts.gallery import Gallery, Tile
from nnstudio.app.figures import signed_text
from nnstudio.app.layer_choice import LayerPicker, has_values
from nnstudio.app.layer_titles import layer_titles
from nnstudio.app.panel import panel
from nnstudio.app.selection import Example, Unit, part_of
from nnstudio.app.view_panel import Missing, ViewPanel
from nnstudio.core.text import mark, tr
from nnstudio.engine.view import View

#: More maps or units than this are not drawn.
MOST_MAPS, MOST_UNITS = 128, 512


@dataclass(frozen=True)
class Values:
    """A layer's values (..., units) for one example; ``scale`` is their largest size."""

    node: str
    example: Example
    values: np.ndarray
    scale: float


@panel
class ActivationsPanel(ViewPanel):
    """Blue is positive, orange negative; clicking chooses a unit."""

    name = "activations"
    title = mark("Activations and maps")
    help = mark("A layer’s values or feature maps for the current example.")
    group = mark("Inside the network")
    order = 40
    rate = 8.0

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self.gallery = Gallery(self)
        self.gallery.reader = self._read
        self.gallery.clicked.connect(self._choose)
        self.hold(self.gallery)
        self.layer = LayerPicker()
        self.adapt()

    def header_widgets(self) -> list[QWidget]:
        """The layer."""
        return [self.layer]

    def adapt(self) -> None:
        """Another network has other layers."""
        self.layer.adopt(self.document.setup.network, has_values)

    def selection_changed(self) -> None:
        """Go to the chosen unit's layer."""
        self.layer.follow(self.selection)
        super().selection_changed()

    def request(self) -> Any:
        """Layer and example."""
        return self.layer.value, self.selection.example

    @staticmethod
    def measure(view: View, request: Any) -> Values | Missing | None:
        """Run the example through the network."""
        node, example = request
        if example is None:
            return Missing(mark("This view needs an example, but there is no data."))
        if node not in view.setup.network:
            return Missing(mark("This view needs a network with a layer."))
        x = part_of(view.data, example.part).x[example.row : example.row + 1]
        if not len(x):
            return None
        values = view.activations(view.data.prepared(x), [node])[node][0].copy()
        return Values(node, example, values, max(float(np.abs(values).max()), 1e-9))

    def _maps(self, values: np.ndarray) -> np.ndarray:
        """(units, rows, columns)."""
        if values.ndim == 3:
            return values.transpose(2, 0, 1)[:MOST_MAPS]
        if values.ndim == 2:
            return values.T[:MOST_MAPS, None, :]
        return values[:MOST_UNITS, None, None]

    def show_result(self, result: Values) -> None:
        """A tile a unit."""
        unit = self.selection.unit
        chosen = unit.number if unit is not None and unit.node == result.node else -1
        maps = self._maps(result.values)
        self.gallery.setAccessibleName(tr("Units of the layer"))
        captions = len(maps) <= 24
        self.gallery.show_tiles(
            [
                Tile(
                    heatmap.quantize(values, result.scale), "heat", f"{at + 1}" if captions else "",
                    chosen=at == chosen,
                )
                for at, values in enumerate(maps)
            ]
        )  # fmt: skip

    def _read(self, index: int, across: float, down: float) -> list[tuple[str, str]]:
        values = self._maps(self.result.values)[index]
        row, column = int(down * values.shape[0]), int(across * values.shape[1])
        if not (0 <= row < values.shape[0] and 0 <= column < values.shape[1]):
            return []
        lines = [(tr("unit {n}", n=index + 1), signed_text(float(values[row, column])))]
        if values.size > 1:
            lines.append((tr("place"), f"{row + 1}, {column + 1}"))
            lines.append((tr("mean"), signed_text(float(values.mean()))))
        return lines

    @Slot(int)
    def _choose(self, index: int) -> None:
        chosen = Unit(self.result.node, index)
        same = self.selection.unit == chosen
        self.selection.choose_unit(chosen.node, -1 if same else index)

    def describe(self, result: Values) -> str:
        """How many units answer."""
        values = result.values.reshape(-1, result.values.shape[-1])
        active = int((np.abs(values).max(0) > 1e-6 * result.scale).sum())
        title = layer_titles(self.document.setup.network).get(result.node, "")
        return tr(
            "{layer}: values up to {most} for example {n}; {active} of {units} units are active.",
            layer=title, most=f"{result.scale:.3g}", n=result.example.row + 1,
            active=active, units=values.shape[1],
        )  # fmt: skip

    def rows(self, result: Values) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """A row a unit."""
        flat = result.values.reshape(-1, result.values.shape[-1])
        places = [f"value {at + 1}" for at in range(len(flat))]
        return ["unit", *places], ([at + 1, *column] for at, column in enumerate(flat.T.tolist()))
