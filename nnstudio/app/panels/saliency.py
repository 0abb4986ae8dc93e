"""Saliency: which parts of the current example the answer rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtWidgets import QWidget

from nnstudio.analysis.probability import class_probabilities
from nnstudio.analysis.saliency import grad_cam, occlusion, replacement, score_gradient
from nnstudio.app import heatmap
from nnstudio.app.bars import Bar, Bars
from nnstudio.app.charts.gallery import Gallery, Tile
from nnstudio.app.evaluation import NO_FIT
from nnstudio.app.example_picture import is_picture, levels_of
from nnstudio.app.feature_names import input_name
from nnstudio.app.figures import signed_text
from nnstudio.app.panel import panel
from nnstudio.app.sampled import sample
from nnstudio.app.selection import part_of
from nnstudio.app.view_panel import Missing, Picker, ViewPanel
from nnstudio.core.network import Network
from nnstudio.core.text import mark, named, tr
from nnstudio.engine.scoring import gives_logits
from nnstudio.engine.view import View

#: The covered square's part of a picture's side.
PATCH = 0.18
MOST_BARS = 24


@dataclass(frozen=True)
class Salient:
    """``values`` has the example's shape without channels for a picture, else (columns,); its
    numbers speak for the class (positive) or against it."""

    method: str
    part: str
    row: int
    number: int
    values: np.ndarray


def last_maps(network: Network) -> str:
    """The last layer that gives pictures and is not the input; empty if there is none."""
    for node in reversed(network.nodes[1:]):
        shape = network.facts[node.id].shape
        if shape is not None and len(shape) == 3 and min(shape[:2]) > 1:
            return node.id
    return ""


@panel
class SaliencyPanel(ViewPanel):
    """The picture and its map side by side; bars for numbers."""

    name = "saliency"
    title = mark("Saliency")
    help = mark("Which parts of the example speak for the answer, and which against it.")
    group = mark("One example")
    order = 50

    def __init__(self, document: Any, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(document, session, parent)
        self.gallery = Gallery(self)
        self.gallery.reader = self._read
        self.bars = Bars(self)
        self.hold(self.gallery)
        self.hold(self.bars)
        self.method = Picker(
            mark("How"),
            {
                "gradient": mark("gradient"),
                "product": mark("gradient × input"),
                "occlusion": mark("occlusion"),
                "cam": mark("Grad-CAM"),
            },
        )

    def header_widgets(self) -> list[QWidget]:
        """Method."""
        return [self.method]

    def request(self) -> Any:
        """Method, example, class (None: the likeliest)."""
        return self.method.value, self.selection.example, self.selection.class_number

    @staticmethod
    def measure(view: View, request: Any) -> Salient | Missing | None:
        """By the chosen method."""
        method, example, number = request
        data, network = view.data, view.setup.network
        if example is None:
            return Missing(mark("This view needs an example, but there is no data."))
        raw = part_of(data, example.part).x[example.row : example.row + 1]
        if not len(raw):
            return None
        x = np.ascontiguousarray(data.prepared(raw), np.float32)
        output = view.predict(x).reshape(1, -1).copy()
        logits = gives_logits(network)
        picture = is_picture(data)
        if data.task == "classification":
            probabilities = class_probabilities(output, logits)[0]
            if len(probabilities) != len(data.classes):
                return Missing(NO_FIT)
            if number is None or number >= len(probabilities):
                number = int(probabilities.argmax())
            seed = score_gradient(probabilities, number, output.shape[1], logits)
        else:
            number = 0
            seed = np.zeros_like(output)
            seed[0, 0] = 1

        def score(changed: np.ndarray) -> np.ndarray:
            given = view.predict(np.ascontiguousarray(changed, np.float32))
            given = given.reshape(len(changed), -1)
            if data.task == "classification":
                return class_probabilities(given, logits)[:, number]
            return given[:, 0].astype(float)

        seed = seed.reshape(1, *(network.output_shape or ()))
        if method == "cam":
            node = last_maps(network)
            if not picture or not node:
                return Missing(
                    mark("Grad-CAM needs pictures and a convolution before the flattening.")
                )
            found = view.derive(x, seed, [node])
            values = grad_cam(found.values[node][0], found.gradients[node][0], *x.shape[1:3])
        elif method == "occlusion" and picture:
            patch = max(1, round(PATCH * min(x.shape[1:3])))
            values = occlusion(score, x[0], patch, float(x.min()))
        elif method == "occlusion":
            usual = sample(view, 256)[0].mean(0).reshape(-1)
            shape = x.shape[1:]

            def of_rows(rows: np.ndarray) -> np.ndarray:
                return score(rows.reshape(len(rows), *shape))

            values = replacement(of_rows, x.reshape(-1), usual)
        else:
            values = view.derive(x, seed).by_input[0].astype(float)
            if method == "product":
                values = values * x[0]
            values = values.sum(2) if picture else values.reshape(-1)
        return Salient(method, example.part, example.row, number, values)

    def show_result(self, result: Salient) -> None:
        """Picture and map, or bars."""
        data = self.document.data
        part = part_of(data, result.part)
        if result.row >= len(part):
            return
        picture = result.values.ndim == 2
        self.gallery.setVisible(picture)
        self.bars.setVisible(not picture)
        reach = max(float(np.abs(result.values).max(initial=0.0)), 1e-12)
        name = self._name(result)
        if picture:
            self.gallery.setAccessibleName(tr("Example and saliency"))
            self.gallery.show_tiles(
                [
                    Tile(levels_of(data, part.x[result.row]), caption=tr("example")),
                    Tile(heatmap.quantize(result.values, reach), "heat", name),
                ]
            )
            return
        order = np.argsort(-np.abs(result.values), kind="stable")[:MOST_BARS]
        self.bars.setAccessibleName(tr("Weight of each number"))
        self.bars.show_bars(
            [
                Bar(
                    self._column(int(at)), abs(float(result.values[at])) / reach,
                    signed_text(float(result.values[at])), bool(result.values[at] >= 0),
                )
                for at in order
            ]
        )  # fmt: skip

    def _column(self, at: int) -> str:
        return input_name(self.document.data, at)

    def _name(self, result: Salient) -> str:
        classes = self.document.data.classes
        if result.number < len(classes):
            return tr("for {name}", name=named(classes[result.number]))
        return tr("for the prediction")

    def _read(self, index: int, across: float, down: float) -> list[tuple[str, str]]:
        values = self.result.values
        if index != 1 or values.ndim != 2 or not (0 <= across < 1 and 0 <= down < 1):
            return []
        row, column = int(down * values.shape[0]), int(across * values.shape[1])
        return [
            (tr("pixel {row}, {column}", row=row + 1, column=column + 1), ""),
            (tr("saliency"), signed_text(float(values[row, column]))),
        ]

    def describe(self, result: Salient) -> str:
        """Where it is strongest."""
        at = int(np.abs(result.values).argmax())
        if result.values.ndim == 2:
            row, column = divmod(at, result.values.shape[1])
            place = tr("pixel {row}, {column}", row=row + 1, column=column + 1)
        else:
            place = self._column(at)
        return tr(
            "What speaks {name} in example {n} is strongest at {place}.",
            name=self._name(result),
            n=result.row + 1,
            place=place,
        )

    def rows(self, result: Salient) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """A picture row by row, or a row a number."""
        if result.values.ndim == 2:
            return [f"column {at + 1}" for at in range(result.values.shape[1])], (
                result.values.tolist()
            )
        return ("input", "saliency"), (
            (self._column(at), value) for at, value in enumerate(result.values.tolist())
        )
