"""A drawing of a network as SVG that stands for itself, light on a clear ground."""

from __future__ import annotations

from functools import partial
from html import escape as escape_all

from nnstudio.core.exchange.drawing import HEIGHT, WIDTH, Drawing, curve

escape = partial(escape_all, quote=False)

#: A stripe's colour by the layer's group; all calm, none red or green.
COLOURS = {
    "Input": "#8a94a6", "Basic": "#2f6fde", "Convolution": "#7a5ccf", "Pooling": "#2a93a8",
    "Normalization": "#9a7b2f", "Activations": "#f28e2b", "Regularization": "#a06a8c",
    "Shape": "#7d8897", "Merge": "#1f77b4",
}  # fmt: skip
FONT = "Inter, 'Segoe UI', 'Noto Sans', 'Microsoft YaHei', 'PingFang SC', 'Noto Sans CJK SC'"


def svg(drawing: Drawing, title: str = "") -> str:
    """The whole drawing."""
    width, height = round(drawing.width, 1), round(drawing.height, 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" font-family="{FONT}, sans-serif">',
        f"<title>{escape(title)}</title>",
        '<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto-start-reverse"><path d="M0 0.8 7 4 0 7.2z" '
        'fill="#9aa4b2"/></marker></defs>',
    ]
    for link in drawing.links:
        x, y = link.points[0]
        path = f"M{x:.1f} {y:.1f}"
        for numbers in curve(link.points, drawing.down):
            path += " C" + " ".join(f"{number:.1f}" for number in numbers)
        parts.append(
            f'<path d="{path}" fill="none" stroke="#9aa4b2" stroke-width="1.3" '
            'marker-end="url(#end)"/>'
        )
    for box in drawing.boxes:
        colour = COLOURS.get(str(box.group), "#2f6fde")
        parts.append(
            f'<g transform="translate({box.x:.1f} {box.y:.1f})"><rect width="{WIDTH:g}" '
            f'height="{HEIGHT:g}" rx="6" fill="#ffffff" stroke="#cfd6e0"/>'
            f'<path d="M0 6a6 6 0 0 1 6-6h-2v{HEIGHT:g}h2a6 6 0 0 1-6-6z" fill="{colour}"/>'
            + _text(14, 19, box.title, 12.5, "#1d2430", "600")
            + _text(14, 34.5, box.detail, 11, "#4b5563")
            + _text(14, 49.5, box.shape, 10.5, "#7b8494")
            + "</g>"
        )
    return "\n".join([*parts, "</svg>\n"])


def _text(x: float, y: float, text: str, size: float, colour: str, weight: str = "400") -> str:
    if not text:
        return ""
    room = WIDTH - x - 8
    wide = sum(size if ord(letter) > 0x2E80 else size * 0.56 for letter in text)
    fit = f' textLength="{room:g}" lengthAdjust="spacingAndGlyphs"' if wide > room else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{colour}"{fit}>'
        f"{escape(text)}</text>"
    )
