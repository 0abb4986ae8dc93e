"""A report in a single HTML file: the network, its settings, curves, figures, and its mistakes."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any

import numpy as np

from nnstudio.core.decoding import row_texts
from nnstudio.core.exchange.charts import curve_chart, image_data
from nnstudio.core.exchange.drawing import draw
from nnstudio.core.exchange.formats import Exporter
from nnstudio.core.exchange.svg import svg
from nnstudio.core.exchange.trained import Trained
from nnstudio.core.fields import fields_of, integer
from nnstudio.core.fitting import fits
from nnstudio.core.metrics import metrics_for
from nnstudio.core.registry import register
from nnstudio.core.resources import resource
from nnstudio.core.setup import Training
from nnstudio.core.shapes import shape_text
from nnstudio.core.targets import class_probabilities
from nnstudio.core.text import language, mark, named, tr

#: The most validation examples that figures are computed from.
MOST_EXAMPLES = 10_000


@register("HtmlReport.v1")
class HtmlReport(Exporter):
    """For reading, printing and filing; a browser prints it as PDF."""

    label = mark("Report (HTML)")
    help = mark("The network, its settings, curves and figures, and what it gets most wrong.")
    name = "report"
    extension = ".html"
    order = 70

    mistakes: int = integer(
        12, minimum=0, maximum=100, label=mark("Most wrong"),
        help=mark("How many of the worst mistakes are shown."),
    )  # fmt: skip

    def files(self, model: Trained, stem: str) -> dict[str, bytes]:
        """One file."""
        setup = model.setup
        title = setup.name or named(model.data.name)
        output = self._output(model)
        drawing = svg(draw(setup.network), title)
        parts = [
            (tr("Network"), f'<div class="wide">{drawing}</div>{_layers(model)}'),
            (tr("Settings"), _settings(model)),
            (tr("Curves"), _curves(model)),
            (tr("Figures"), _figures(model, output)),
            (tr("Most wrong"), self._mistakes(model, output)),
        ]
        body = "".join(
            f"<section><h2>{escape(head)}</h2>{text}</section>" for head, text in parts if text
        )
        count = sum(int(value.size) for value in model.parameters.values())
        about = " · ".join((
            tr("A report by NNStudio"), datetime.now(UTC).strftime("%Y-%m-%d"),
            tr("{n} layers, {count} parameters", n=len(setup.network.nodes) - 1,
               count=f"{count:,}"),
        ))  # fmt: skip
        page = resource("exports", "report.html").read_text(encoding="utf-8")
        values = {"title": escape(title), "about": escape(about), "body": body,
                  "language": language()}  # fmt: skip
        for name, value in values.items():
            page = page.replace("{{" + name + "}}", value)
        return {f"{stem}.html": page.encode()}

    @staticmethod
    def _output(model: Trained) -> np.ndarray | None:
        if model.predict is None or not len(model.data.valid):
            return None
        if not fits(model.setup, model.data):
            return None  # what it says is no answer to what this data asks
        x = model.data.valid.x[:MOST_EXAMPLES]
        return model.predict(model.data.prepared(x))

    def _mistakes(self, model: Trained, output: np.ndarray | None) -> str:
        if output is None or not self.mistakes or not model.step:
            return ""
        data, target = model.data, model.data.valid.y[: len(output)]
        flat = output.reshape(len(output), -1)
        if model.classes:
            p = class_probabilities(flat, _gives_logits(model))
            truth = target[:, 0].astype(int)
            own = p[np.arange(len(p)), truth]
            order = np.argsort(own)
            order = order[p[order].argmax(axis=1) != truth[order]]
            told = [
                tr("said {answer}, is {truth}",
                   answer=f"{named(model.classes[p[n].argmax()])} ({p[n].max():.0%})",
                   truth=named(model.classes[truth[n]]))
                for n in order[: self.mistakes]
            ]  # fmt: skip
        else:
            ours, theirs = data.in_units(flat), data.in_units(target)
            order = np.argsort(-np.abs(flat - target).sum(axis=1))
            told = [
                tr("said {answer}, is {truth}", answer=_numbers(ours[n]), truth=_numbers(theirs[n]))
                for n in order[: self.mistakes]
            ]
        shown = order[: self.mistakes]
        cards = [
            f"<figure>{_example(model, int(n))}<figcaption>{escape(text)}</figcaption></figure>"
            for n, text in zip(shown, told, strict=True)
        ]
        return f'<div class="cards">{"".join(cards)}</div>' if cards else ""


def _gives_logits(model: Trained) -> bool:
    last = model.setup.network.output.layer
    ends_in = getattr(last, "activation", getattr(last, "name", "linear"))
    return ends_in not in ("sigmoid", "softmax")


def _numbers(values: np.ndarray) -> str:
    return ", ".join(f"{float(value):.4g}" for value in np.ravel(values)[:6])


def _example(model: Trained, number: int) -> str:
    """A picture of a validation example, or its numbers."""
    data = model.data
    x = data.valid.x[number]
    if x.ndim == 3 and x.dtype == np.uint8 and x.shape[-1] in (1, 3):
        scale = max(1, 84 // x.shape[1])
        return f'<img alt="" src="{image_data(x, scale)}">'
    if model.columns:
        told = row_texts(model.columns, np.ravel(x))
    else:
        raw = data.valid_points[number] if data.valid_points is not None else np.ravel(x)
        names = ("x₁", "x₂") if data.valid_points is not None else data.feature_names
        told = [(name, f"{float(value):.3g}") for name, value in zip(names, raw, strict=False)]
    rows = "".join(
        f"<tr><th>{escape(named(name))}</th><td>{escape(text[:60])}</td></tr>"
        for name, text in told[:8]
    )
    return f'<table class="small">{rows}</table>'


def _table(rows: list[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in rows)
    return f"<table>{cells}</table>"


def _layers(model: Trained) -> str:
    network = model.setup.network
    head = "".join(
        f"<th>{escape(text)}</th>" for text in (tr("Layer"), tr("Output shape"), tr("Parameters"))
    )
    rows = ""
    for node in network.nodes:
        facts = network.facts[node.id]
        words = [tr(node.layer.label), node.layer.summary() if node.inputs else ""]
        label = " · ".join(word for word in words if word and word != "linear")
        rows += (
            f"<tr><td>{escape(label)}</td><td>{escape(shape_text(facts.shape or ()))}</td>"
            f"<td>{facts.parameter_count:,}</td></tr>"
        )
    return f'<table class="layers"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _settings(model: Trained) -> str:
    """What was set, as far as it is not as usual."""
    training, data = model.setup.training, model.data
    sizes = tr("{n} for training, {m} for validation", n=f"{len(data.train):,}",
               m=f"{len(data.valid):,}")  # fmt: skip
    rows = [(tr("Data"), named(data.name)), (tr("Examples"), sizes)]
    for title, spec in ((tr("Loss"), training.loss), (tr("Optimizer"), training.optimizer),
                        (tr("Schedule"), training.schedule)):  # fmt: skip
        if spec is not None:
            values = ", ".join(
                f"{tr(field.label)} {_value(getattr(spec, name))}"
                for name, field in fields_of(spec).items()
                if getattr(spec, name) not in ("", False)
            )
            rows.append((title, tr(spec.label) + (f" ({values})" if values else "")))
    usual = Training()
    for name, field in fields_of(Training).items():
        value: Any = getattr(training, name)
        if value != getattr(usual, name) or name in ("learning_rate", "batch_size", "seed"):
            rows.append((tr(field.label), _value(value)))
    trained = tr("{steps} steps, {epochs} epochs", steps=f"{model.step:,}",
                 epochs=f"{model.epoch:,}")  # fmt: skip
    rows.append((tr("Trained"), trained))
    return _table(rows)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return tr("Yes") if value else tr("No")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _curves(model: Trained) -> str:
    steps = model.curves.get("step")
    if steps is None or len(steps) < 2:
        return "" if model.step else f"<p>{escape(tr('It was not trained yet.'))}</p>"
    curves = [
        (tr("Training loss"), np.asarray(model.curves["train_loss"]), False),
        (tr("Validation loss"), np.asarray(model.curves["valid_loss"]), True),
    ]
    return curve_chart(np.asarray(steps), curves, tr("Steps"))


def _figures(model: Trained, output: np.ndarray | None) -> str:
    if output is None:
        return ""
    data = model.data
    target, logits = data.valid.y[: len(output)], _gives_logits(model)
    rows = []
    if model.setup.training.loss is not None:
        loss = model.setup.training.loss.prepared(data).value(
            output.reshape(len(output), -1), target, data.task, logits
        )
        rows.append((tr("Validation loss"), f"{loss:.4g}"))
    if data.task == "regression":  # errors in the units of the data
        output = data.in_units(output.reshape(len(output), -1))
        target = data.in_units(target)
    for metric in metrics_for(data.task):
        found = metric.measure(output, target, logits, data.task)
        if np.isfinite(found):
            places = 4 if abs(found) < 1000 else 7  # no 1e+04 in a report
            rows.append((tr(metric.label), f"{found:.{places}g}"))
    return _table(rows)
