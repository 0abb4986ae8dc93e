"""A demo in a single HTML file: the trained network runs in any browser, offline."""

from __future__ import annotations

import base64
import html
import json
from dataclasses import asdict
from typing import Any

import numpy as np

from nnstudio.core.data import PLANE_LIMIT
from nnstudio.core.exchange.formats import Exporter
from nnstudio.core.exchange.trained import Trained
from nnstudio.core.registry import register
from nnstudio.core.resources import resource
from nnstudio.core.text import StudioError, language, mark, named, tr

#: The most weights and the most columns with a slider of their own.
MOST_WEIGHTS, MOST_FIELDS = 20_000_000, 200
#: Points of the plane and examples that go along.
POINTS, EXAMPLES = 400, 12


@register("HtmlDemo.v1")
class HtmlDemo(Exporter):
    """Surface and sliders for the plane, a drawing pad for images, sliders for tables."""

    label = mark("Demo for the browser (HTML)")
    help = mark("One file that runs the network in any browser: draw, or move sliders.")
    name = "html"
    extension = ".html"
    order = 60

    def files(self, model: Trained, stem: str) -> dict[str, bytes]:
        """One file."""
        described, weights = describe(model)
        described |= _face(model)
        kind = described["kind"]
        about = {
            "plane": mark("Point anywhere on the plane: the network says what it takes it for."),
            "pad": mark("Draw something: the network says what it sees."),
            "columns": mark("Move the sliders: the network predicts at once."),
        }[kind]
        title = model.setup.name or named(model.data.name)
        count = sum(int(value.size) for value in model.parameters.values())
        footer = tr(
            "{count} parameters, trained for {steps} steps with NNStudio. It all runs in this "
            "page; nothing is sent anywhere.", count=f"{count:,}", steps=f"{model.step:,}",
        )  # fmt: skip
        texts = {
            "plane": tr("The plane"), "pad": tr("Draw here"), "clear": tr("Clear"),
            "example": tr("An example"), "columns": tr("Inputs"),
        }  # fmt: skip
        values = {
            "title": html.escape(title), "about": html.escape(tr(about)),
            "prediction": html.escape(tr("Prediction")), "footer": html.escape(footer),
            "language": language(), "texts": _json(texts), "model": _json(described),
            "network": resource("exports", "network.js").read_text(encoding="utf-8"),
            "weights": base64.b64encode(weights.astype("<f4").tobytes()).decode(),
        }  # fmt: skip
        page = resource("exports", "demo.html").read_text(encoding="utf-8")
        for name, value in values.items():
            page = page.replace("{{" + name + "}}", value)
        return {f"{stem}.html": page.encode()}


def _json(value: Any) -> str:
    """JSON that can stand inside a script element."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def describe(model: Trained) -> tuple[dict[str, Any], np.ndarray]:
    """The steps as plain JSON, and all weights in one array."""
    lowered = model.lowered
    steps, arrays, at = [], [], 0
    placed: dict[str, dict[str, list[int]]] = {}
    for (node, name), value in model.parameters.items():
        placed.setdefault(node, {})[name] = [at, int(value.size)]
        arrays.append(np.ravel(value).astype(np.float32))
        at += value.size
    if at > MOST_WEIGHTS:
        raise StudioError(
            mark("The network has {count} weights; for a page they may be {most}. Export ONNX."),
            count=f"{at:,}", most=f"{MOST_WEIGHTS:,}",
        )  # fmt: skip
    seen = set()
    for step in lowered.steps:
        first = step.node not in seen
        seen.add(step.node)
        steps.append({
            "op": type(step.op).__name__, "in": list(step.inputs), "out": step.output,
            "shape": list(step.shape), "weights": placed.get(step.node, {}) if first else {},
            **{k: v for k, v in asdict(step.op).items() if k != "shape"},
        })  # fmt: skip
    last = model.setup.network.output.layer
    ends_in = getattr(last, "activation", getattr(last, "name", "linear"))
    data, columns = model.data, model.columns
    found = {
        "steps": steps, "input": lowered.input, "input_shape": list(lowered.input_shape),
        "output": lowered.output, "units": model.in_units,
        "plane": list(data.plane) if data.plane is not None else None,
        "columns": [asdict(column) for column in columns] if columns else None,
        "scale": data.scale, "shift": data.shift,
        "classes": [named(name) for name in model.classes],
        "targets": [named(name) for name in data.target_names],
        "logits": bool(model.classes) and ends_in not in ("sigmoid", "softmax"),
    }  # fmt: skip
    return found, np.concatenate(arrays) if arrays else np.empty(0, np.float32)


def _face(model: Trained) -> dict[str, Any]:
    """What the page shows besides the network."""
    data, shape = model.data, model.lowered.input_shape
    if data.plane is not None and data.valid_points is not None:
        points = np.concatenate([data.valid_points, data.valid.y[:, :1]], 1)[:POINTS]
        rounded = [[round(float(v), 3) for v in point] for point in points]
        return {"kind": "plane", "limit": PLANE_LIMIT, "points": rounded}
    if len(shape) == 3 and shape[2] in (1, 3) and data.valid.x.dtype == np.uint8:
        examples = [x.ravel().tolist() for x in data.valid.x[:EXAMPLES]]
        return {"kind": "pad", "examples": examples}
    columns = model.columns
    if columns:
        return {"kind": "columns", "fields": _fields_of_columns(model)}
    flat = data.train.x.reshape(len(data.train.x), -1).astype(np.float64)
    if flat.shape[1] > MOST_FIELDS:
        raise StudioError(
            mark("A page can have {most} sliders, but an example has {count} numbers. Export "
                 "ONNX."), most=MOST_FIELDS, count=f"{flat.shape[1]:,}",
        )  # fmt: skip
    names = data.feature_names if len(data.feature_names) == flat.shape[1] else [
        f"x{n}" for n in range(1, flat.shape[1] + 1)]  # fmt: skip
    fields = [
        {"name": named(name), "low": float(column.min()), "high": float(column.max()),
         "value": float(np.median(column)), "categories": []}
        for name, column in zip(names, flat.T, strict=True)
    ]  # fmt: skip
    return {"kind": "columns", "fields": fields}


def _fields_of_columns(model: Trained) -> list[dict[str, Any]]:
    """A slider or a list for each column of a table, over what training saw."""
    assert model.columns
    x, at, fields = model.data.train.x.astype(np.float64), 0, []
    for column in model.columns:
        width = len(column.feature_names)
        part = x[:, at : at + width]
        at += width
        if column.categories and not column.ordinal:
            value: float = int(part[:, : len(column.categories)].sum(axis=0).argmax())
            low = high = 0.0
        else:
            own = part[:, 0] * column.scale + column.shift
            if column.log:
                own = np.sign(own) * np.expm1(np.abs(own))
            low, high, value = float(own.min()), float(own.max()), float(np.median(own))
            if column.categories:
                value = round(value)
        fields.append({"name": named(column.name), "low": low, "high": high, "value": value,
                       "categories": list(column.categories)})  # fmt: skip
    return fields
