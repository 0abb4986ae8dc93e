"""How well a network does on the test part, which it neither learns from nor is chosen by."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtWidgets import QLabel, QWidget

from nnstudio.app.figures import loss_text, percent_text
from nnstudio.core.text import mark, tr
from nnstudio.engine.view import View

WAITS = mark("The test part is scored when training rests.")


@dataclass(frozen=True)
class HeldOut:
    """Loss, accuracy (NaN for numbers) and R² (NaN for classes) of the test part; the R² of the
    validation part too."""

    loss: float
    accuracy: float
    fit: float
    valid_fit: float


def held_out(view: View) -> HeldOut | None:
    """The scores of a snapshot; None while training goes on, or if the data has no test part."""
    part = view.data.test
    if part is None or view.snapshot.running:
        return None
    return view.shared(
        "test scores",
        lambda: HeldOut(*view.scores(part), view.scores(view.data.valid)[2]),
    )


class HeldOutLine(QLabel):
    """The scores in a line; hidden where there is no test part."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "muted")
        self.setWordWrap(True)
        self.hide()

    def show_scores(self, scores: HeldOut | None, has_part: bool) -> None:
        """Show them from now on."""
        self.setVisible(has_part)
        if scores is None:
            self.setText(tr(WAITS))
        elif math.isnan(scores.accuracy):
            self.setText(
                tr(
                    "Test loss {loss} · R² {fit} (validation {valid})",
                    loss=loss_text(scores.loss),
                    fit=loss_text(scores.fit),
                    valid=loss_text(scores.valid_fit),
                )
            )
        else:
            self.setText(
                tr(
                    "Test loss {loss} · accuracy {share}",
                    loss=loss_text(scores.loss),
                    share=percent_text(scores.accuracy),
                )
            )
