"""Small charts and pictures that stand inside a page: curves as SVG, images as data."""

from __future__ import annotations

import base64
import io
from html import escape

import numpy as np

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 620, 240, 54, 28, 10, 10
#: The most points of a curve.
MOST_POINTS = 600


def curve_chart(x: np.ndarray, curves: list[tuple[str, np.ndarray, bool]], below: str) -> str:
    """Curves over x as SVG; each is (label, values, dashed). NaN is left out."""
    finite = [
        (label, x[np.isfinite(values)], values[np.isfinite(values)], dashed)
        for label, values, dashed in curves
    ]
    finite = [curve for curve in finite if len(curve[1])]
    if not finite:
        return ""
    low = min(float(values.min()) for _, _, values, _ in finite)
    high = max(float(np.percentile(values, 99.5)) for _, _, values, _ in finite)
    low = 0.0 if 0 <= low < 0.3 * high else low
    high = high if high > low else low + 1.0
    end = max(float(place.max()) for _, place, _, _ in finite) or 1.0
    wide, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'class="chart"><title>{escape(", ".join(label for label, *_ in finite))}</title>'
    ]
    for number in range(5):
        value = low + (high - low) * number / 4
        y = TOP + tall * (1 - number / 4)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>'
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:.3g}</text>'
        )
    for number in range(5):
        at = LEFT + wide * number / 4
        anchor = ("start", "middle", "middle", "middle", "end")[number]
        parts.append(
            f'<text x="{at:.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">'
            f"{end * number / 4:,.4g}</text>"
        )
    for _, place, values, dashed in finite:
        step = max(1, len(place) // MOST_POINTS)
        points = " ".join(
            f"{LEFT + wide * a / end:.1f},"
            f"{TOP + tall * (1 - (min(max(b, low), high) - low) / (high - low)):.1f}"
            for a, b in zip(place[::step].tolist(), values[::step].tolist(), strict=True)
        )
        kind = "curve dashed" if dashed else "curve"
        parts.append(f'<polyline points="{points}" class="{kind}"/>')
    parts.append("</svg>")
    legend = "".join(
        f'<span class="key {"dashed" if dashed else ""}"></span>{escape(label)}'
        for label, _, _, dashed in finite
    )
    return (
        f'{"".join(parts)}<p class="legend">{legend}<span class="axis">{escape(below)}</span></p>'
    )


def image_data(pixels: np.ndarray, scale: int = 3) -> str:
    """An image (height, width, 1 or 3) uint8 as the address of a PNG."""
    from PIL import Image

    plain = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    image = Image.fromarray(np.ascontiguousarray(plain, np.uint8))
    large = image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    large.save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
