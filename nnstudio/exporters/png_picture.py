"""The network as a PNG picture."""

from __future__ import annotations

import io
from typing import Any

from nnstudio.core.exchange.drawing import HEIGHT, WIDTH, Drawing, curve, draw
from nnstudio.core.exchange.formats import Exporter
from nnstudio.core.exchange.svg import COLOURS
from nnstudio.core.exchange.trained import Trained
from nnstudio.core.fields import choice, integer
from nnstudio.core.registry import register
from nnstudio.core.text import StudioError, mark

#: The most pixels of a picture.
MOST_PIXELS = 120_000_000


@register("PngPicture.v1")
class PngPicture(Exporter):
    """The same drawing as dots, on a white ground. Its words are English."""

    label = mark("Picture of the network (PNG)")
    help = mark("Layers and links as dots, for documents that take no SVG.")
    name = "png"
    extension = ".png"
    order = 85

    direction: str = choice(
        "automatic", ("automatic", "right", "down"), label=mark("Direction"),
        help=mark("Which way the network runs; automatic takes what fits better."),
        labels={"automatic": mark("Automatic"), "right": mark("To the right"),
                "down": mark("Downwards")},
    )  # fmt: skip
    scale: int = integer(
        2, minimum=1, maximum=8, label=mark("Pixels a point"),
        help=mark("How fine the picture is; 2 suits most screens, 4 print."),
    )  # fmt: skip

    def files(self, model: Trained, stem: str) -> dict[str, bytes]:
        """One file."""
        drawing = draw(model.setup.network, self.direction, translate=False)
        return {f"{stem}.png": paint(drawing, self.scale)}


def paint(drawing: Drawing, scale: int) -> bytes:
    """A drawing as PNG; raises ``StudioError`` if it would be too large."""
    from PIL import Image, ImageDraw, ImageFont

    size = (round(drawing.width * scale), round(drawing.height * scale))
    if size[0] * size[1] > MOST_PIXELS:
        raise StudioError(mark("The picture would be too large. Choose fewer pixels a point."))
    image = Image.new("RGB", size, "#ffffff")
    pen = ImageDraw.Draw(image)
    fonts: dict[float, Any] = {s: ImageFont.load_default(s * scale) for s in (12.5, 11, 10.5)}
    for link in drawing.links:
        points = _points(link.points, drawing.down, scale)
        pen.line(points, fill="#9aa4b2", width=max(1, round(1.3 * scale)), joint="curve")
        x, y = points[-1]
        a, b = 6 * scale, 3 * scale
        tip = [(x, y), (x - b, y - a), (x + b, y - a)] if drawing.down else [
            (x, y), (x - a, y - b), (x - a, y + b)]  # fmt: skip
        pen.polygon(tip, fill="#9aa4b2")
    for box in drawing.boxes:
        x, y = box.x * scale, box.y * scale
        edge = (x, y, x + WIDTH * scale, y + HEIGHT * scale)
        pen.rounded_rectangle(edge, 6 * scale, "#ffffff", "#cfd6e0", scale)
        colour = COLOURS.get(str(box.group), "#2f6fde")
        stripe = (x, y + 5 * scale, x + 3 * scale, y + (HEIGHT - 5) * scale)
        pen.rectangle(stripe, fill=colour)
        texts = ((box.title, 12.5, "#1d2430", 19.0), (box.detail, 11, "#4b5563", 34.5),
                 (box.shape, 10.5, "#7b8494", 49.5))  # fmt: skip
        for text, points_high, ink, line in texts:
            font = fonts[points_high]
            plain = _fitting(text, font, (WIDTH - 22) * scale)
            at = (x + 14 * scale, y + line * scale)
            pen.text(at, plain, font=font, fill=ink, anchor="ls")
    buffer = io.BytesIO()
    image.save(buffer, "PNG", dpi=(72 * scale, 72 * scale))
    return buffer.getvalue()


def _fitting(text: str, font: Any, room: float) -> str:
    """The text, cut with an ellipsis where it is too long."""
    if font.getlength(text) <= room:
        return text
    while text and font.getlength(text + "…") > room:
        text = text[:-1]
    return text + "…"


def _points(points: Any, down: bool, scale: int) -> list[tuple[float, float]]:
    """A link as a polygon of short pieces."""
    x, y = points[0]
    found = [(x * scale, y * scale)]
    for x1, y1, x2, y2, bx, by in curve(points, down):
        for step in range(1, 17):
            t = step / 16
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            found.append(((a * x + b * x1 + c * x2 + d * bx) * scale,
                          (a * y + b * y1 + c * y2 + d * by) * scale))  # fmt: skip
        x, y = bx, by
    return found
