"""The network as an SVG picture."""

from __future__ import annotations

from nnstudio.core.exchange.drawing import draw
from nnstudio.core.exchange.formats import Exporter
from nnstudio.core.exchange.svg import svg
from nnstudio.core.exchange.trained import Trained
from nnstudio.core.fields import choice
from nnstudio.core.registry import register
from nnstudio.core.text import mark


@register("SvgPicture.v1")
class SvgPicture(Exporter):
    """Boxes and links that stay sharp at every size."""

    label = mark("Picture of the network (SVG)")
    help = mark("Layers and links as a drawing that stays sharp at every size.")
    name = "svg"
    extension = ".svg"
    order = 80

    direction: str = choice(
        "automatic", ("automatic", "right", "down"), label=mark("Direction"),
        help=mark("Which way the network runs; automatic takes what fits better."),
        labels={"automatic": mark("Automatic"), "right": mark("To the right"),
                "down": mark("Downwards")},
    )  # fmt: skip

    def files(self, model: Trained, stem: str) -> dict[str, bytes]:
        """One file."""
        drawing = draw(model.setup.network, self.direction)
        title = model.setup.name or model.data.name
        return {f"{stem}.svg": svg(drawing, title).encode()}
