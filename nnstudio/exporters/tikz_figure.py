"""The network as a LaTeX figure drawn by TikZ."""

from __future__ import annotations

import re

from nnstudio.core.exchange.drawing import HEIGHT, WIDTH, curve, draw
from nnstudio.core.exchange.formats import Exporter
from nnstudio.core.exchange.svg import COLOURS
from nnstudio.core.exchange.trained import Trained
from nnstudio.core.fields import choice, flag
from nnstudio.core.registry import register
from nnstudio.core.text import mark

_SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "×": r"$\times$", "·": r"$\cdot$", "σ": r"$\sigma$",
}  # fmt: skip


def escaped(text: str) -> str:
    """A text as LaTeX takes it."""
    return "".join(_SPECIAL.get(letter, letter) for letter in text)


@register("TikzFigure.v1")
class TikzFigure(Exporter):
    """A figure for a paper, in TeX's own fonts. Its words are English."""

    label = mark("Figure for LaTeX (TikZ)")
    help = mark("The network as a figure for a paper, drawn by TeX in its own fonts.")
    name = "tikz"
    extension = ".tex"
    order = 90

    direction: str = choice(
        "automatic", ("automatic", "right", "down"), label=mark("Direction"),
        help=mark("Which way the network runs; automatic takes what fits better."),
        labels={"automatic": mark("Automatic"), "right": mark("To the right"),
                "down": mark("Downwards")},
    )  # fmt: skip
    standalone: bool = flag(
        True, label=mark("A document of its own"),
        help=mark("With a preamble, so that it compiles by itself; otherwise only the figure."),
    )  # fmt: skip

    def files(self, model: Trained, stem: str) -> dict[str, bytes]:
        """One file."""
        drawing = draw(model.setup.network, self.direction, translate=False)
        height = drawing.height
        groups = sorted({str(box.group) for box in drawing.boxes})
        lines = [
            rf"\definecolor{{nn{_letters(group)}}}{{HTML}}"
            f"{{{COLOURS.get(group, '#2f6fde')[1:].upper()}}}"
            for group in groups
        ]
        lines += [
            r"\definecolor{nnlink}{HTML}{9AA4B2}",
            r"\definecolor{nnedge}{HTML}{CFD6E0}",
            r"\begin{tikzpicture}[x=1pt, y=1pt, >=stealth, font=\sffamily]",
            rf"  \useasboundingbox (0, 0) rectangle ({drawing.width:.0f}, {height:.0f});",
        ]
        for link in drawing.links:
            x, y = link.points[0]
            path = f"({x:.1f}, {height - y:.1f})"
            for x1, y1, x2, y2, bx, by in curve(link.points, drawing.down):
                path += (f" .. controls ({x1:.1f}, {height - y1:.1f}) and ({x2:.1f}, "
                         f"{height - y2:.1f}) .. ({bx:.1f}, {height - by:.1f})")  # fmt: skip
            lines.append(rf"  \draw[->, nnlink, line width=0.8pt] {path};")
        for box in drawing.boxes:
            top = height - box.y
            corner = f"({box.x:.1f}, {top - HEIGHT:.1f}) rectangle ({box.x + WIDTH:.1f}, {top:.1f})"
            stripe = (
                f"({box.x:.1f}, {top - HEIGHT + 4:.1f}) rectangle ({box.x + 3:.1f}, {top - 4:.1f})"
            )
            lines.append(rf"  \draw[fill=white, draw=nnedge, rounded corners=4pt] {corner};")
            lines.append(rf"  \fill[nn{_letters(str(box.group))}] {stripe};")
            for text, style, line in (
                (box.title, r"\small\bfseries", 15.0), (box.detail, r"\footnotesize", 31.0),
                (box.shape, r"\footnotesize\color{gray}", 46.0),
            ):  # fmt: skip
                if text:
                    lines.append(
                        rf"  \node[anchor=west, inner sep=0pt] at ({box.x + 12:.1f}, "
                        rf"{top - line:.1f}) {{{style} {escaped(text)}}};"
                    )
        lines.append(r"\end{tikzpicture}")
        text = "\n".join(lines) + "\n"
        if self.standalone:
            text = (
                "\\documentclass{article}\n"
                f"\\usepackage[paperwidth={drawing.width:.0f}pt, paperheight={height + 2:.0f}pt, "
                "margin=0pt]{geometry}\n\\usepackage{tikz}\n\\pagestyle{empty}\n"
                "\\setlength{\\parindent}{0pt}\n\\setlength{\\topskip}{0pt}\n"
                f"\\begin{{document}}\n{text}\\end{{document}}\n"
            )
        return {f"{stem}.tex": text.encode()}


def _letters(text: str) -> str:
    return re.sub(r"[^A-Za-z]", "", text).lower() or "other"
