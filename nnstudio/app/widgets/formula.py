"""Formulas as people write them: variables slanted, indices low, the rest upright."""

from __future__ import annotations

import html
import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

#: A face with real slanted letters, where there is one.
SERIF = "'STIX Two Text','Cambria','Times New Roman','Noto Serif','DejaVu Serif',serif"

_TOKEN = re.compile(
    r"(?P<index>(?<=[A-Za-zγβ])\[[^\]]*\])"
    r"|(?P<low>_(?:\w+|\([^)]*\)))"
    r"|(?P<high>\^(?:\([^)]*\)|[−-]?\w+|⌊[^⌋]*⌋))"
    r"|(?P<word>[A-Za-z]{2,})"
    r"|(?P<letter>[A-Za-zα-ω])"
    r"|(?P<other>.)",
    re.DOTALL,
)


def formula_html(text: str) -> str:
    """A line of plain mathematics as rich text: ``y[i] = e^x`` gets a low i and a high x."""
    made = []
    for found in _TOKEN.finditer(text):
        piece = found.group()
        if found.group("index"):
            made.append(f"<sub>{formula_html(piece[1:-1])}</sub>")
        elif found.group("low"):
            made.append(f"<sub>{formula_html(piece[1:].strip('()'))}</sub>")
        elif found.group("high"):
            made.append(f"<sup>{formula_html(piece[1:].strip('()'))}</sup>")
        elif found.group("letter"):
            made.append(f"<i>{piece}</i>")
        elif piece == " ":
            begin, end = found.span()
            beside = text[max(begin - 2, 0) : begin], text[end : end + 2]
            made.append(" " if any(len(w) == 2 and w.isalpha() for w in beside) else "&nbsp;")
        else:
            made.append(html.escape(piece))
    # A line may break after signs of relation, commas, and beside words; nowhere else.
    line = re.sub(r"&nbsp;([=←+~])&nbsp;", r"&nbsp;\1 ", "".join(made))
    return re.sub(r"(,|(?<!&[lg]t)(?<!&amp);)&nbsp;", r"\1 ", line)


class FormulaLabel(QLabel):
    """Shows a formula; cut at the right edge where there is no room, whole in the tool tip."""

    def __init__(self, parent: QWidget | None = None, *, pixels: int = 14) -> None:
        super().__init__(parent)
        self.formula = ""
        self.pixels = pixels
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setProperty("role", "formula")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def show_formula(self, text: str) -> None:
        """Show another one."""
        if text == self.formula:
            return
        self.formula = text
        rich = f'<span style="font-family:{SERIF}; font-size:{self.pixels}px">'
        self.setText(rich + formula_html(text) + "</span>" if text else "")
        self.setToolTip(text)
        self.setAccessibleName(text)

    def natural_width(self) -> int:
        """The width that shows all of it in one line."""
        document = QTextDocument()
        document.setDefaultFont(self.font())
        document.setHtml(self.text())
        return int(document.idealWidth()) + 4

    def minimumSizeHint(self) -> QSize:
        """Hardly any width."""
        return QSize(20, super().minimumSizeHint().height())
