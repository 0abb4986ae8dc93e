"""None, L1, L2 or both, each with its rate, in one box of the top bar."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from nnstudio.app.field_texts import help_text
from nnstudio.app.i18n import say
from nnstudio.app.widgets.number_combo import NumberCombo
from nnstudio.app.widgets.popup import ChoiceRow, PopupBox
from nnstudio.app.widgets.slider import plain_number
from nnstudio.core.fields import fields_of
from nnstudio.core.setup import Training
from nnstudio.core.text import mark, tr

RATES = (0.0, 0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1)
FIRST_RATE = 0.001

#: What each adds to the loss.
FORMULAS = {
    "none": "L", "l1": "L + λ₁ Σ |w|", "l2": "L + ½ λ₂ Σ w²",
    "both": "L + λ₁ Σ |w| + ½ λ₂ Σ w²",
}  # fmt: skip
KINDS = {
    "none": (mark("None"), mark("Weights are free.")),
    "l1": (mark("L1"), mark("Few weights stay: the others go to zero.")),
    "l2": (mark("L2"), mark("All weights stay small.")),
    "both": (mark("L1 + L2"), mark("Both at once (elastic net).")),
}


class RegularizationBox(PopupBox):
    """``edited(l1, l2)`` carries new rates, ``refused`` a ``StudioError``."""

    edited = Signal(float, float)
    refused = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(mark("Regularization"), parent)
        self.l1 = self.l2 = 0.0
        self.widest = [KINDS["none"][0], "L2 · 0.001"]
        self.rows: dict[str, ChoiceRow] = {}
        for kind, (label, help) in KINDS.items():
            row = ChoiceRow(kind, label, help, self.popup)
            row.setObjectName(kind)
            row.clicked.connect(self._picked)
            self.rows[kind] = row
            self.popup.column.addWidget(row)
        self.popup.column.setSpacing(2)
        grid = QGridLayout()
        grid.setContentsMargins(0, 6, 0, 0)
        self.rates: dict[str, NumberCombo] = {}
        self.labels: dict[str, QLabel] = {}
        declared = fields_of(Training)
        for line, name in enumerate(("l1", "l2")):
            rate = NumberCombo(declared[name], RATES, parent=self.popup)
            rate.setObjectName(name)
            say(rate, name=declared[name].label)
            rate.edited.connect(self._rate_edited)
            rate.refused.connect(self.refused)
            self.rates[name] = rate
            label = say(QLabel(self.popup), text=declared[name].label)
            self.labels[name] = label
            grid.addWidget(label, line, 0)
            grid.addWidget(rate, line, 1, Qt.AlignmentFlag.AlignRight)
        self.popup.column.addLayout(grid)
        self.show_rates(0.0, 0.0)

    def show_rates(self, l1: float, l2: float) -> None:
        """Show rates; tells nobody."""
        self.l1, self.l2 = l1, l2
        kind = "both" if l1 and l2 else "l1" if l1 else "l2" if l2 else "none"
        self.rows[kind].setChecked(True)
        for name, rate in (("l1", l1), ("l2", l2)):
            self.rates[name].show_value(rate)
            for part in (self.rates[name], self.labels[name]):
                part.setVisible(rate > 0)
        if self.popup.isVisible():
            self.popup.adjustSize()
        self._tell()
        label = tr(KINDS[kind][0])
        single = {"l1": l1, "l2": l2}.get(kind)
        self.show_text(label if single is None else f"{label} · {plain_number(single)}")

    def _tell(self) -> None:
        """The tips, in the present language."""
        for kind, row in self.rows.items():
            label, help = KINDS[kind]
            row.setToolTip("\n".join((tr(label), FORMULAS[kind], tr(help))))
        for name, rate in self.rates.items():
            rate.setToolTip(help_text(fields_of(Training)[name]))

    @Slot()
    def _picked(self) -> None:
        kind = self.sender().objectName()
        l1 = (self.l1 or FIRST_RATE) if kind in ("l1", "both") else 0.0
        l2 = (self.l2 or FIRST_RATE) if kind in ("l2", "both") else 0.0
        self.edited.emit(l1, l2)

    @Slot(object)
    def _rate_edited(self, value: float) -> None:
        rates = {"l1": self.l1, "l2": self.l2, self.sender().objectName(): value}
        self.edited.emit(rates["l1"], rates["l2"])

    def changeEvent(self, event: QEvent) -> None:
        """“None” follows the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.show_rates(self.l1, self.l2)
            self.updateGeometry()
        super().changeEvent(event)
