"""The head of the inspector: drawing, name, what it costs, and the formula with its numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nnstudio.app import icons, theme
from nnstudio.app.canvas import node_facts
from nnstudio.app.concept_tips import concept_tip
from nnstudio.app.palettes.layer_groups import icon_name
from nnstudio.app.widgets.elided import ElidedLabel
from nnstudio.app.widgets.formula import FormulaLabel
from nnstudio.core.network import Network
from nnstudio.core.text import tr

ICON = 17


class InspectorHead(QWidget):
    """Two lines."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.icon = QLabel(self)
        self.icon.setFixedSize(ICON, ICON)
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.costs = ElidedLabel(self)
        self.costs.setProperty("role", "caption")
        self.costs.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.formula = FormulaLabel(self)
        self.numbers = ElidedLabel(self)
        self.numbers.setProperty("role", "caption")
        self.closer = QToolButton(self)
        self.closer.setProperty("role", "flat")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(7)
        first.addWidget(self.icon)
        first.addWidget(self.title)
        first.addSpacing(5)
        first.addWidget(self.costs, 1)
        first.addWidget(self.closer)
        second.setSpacing(14)
        second.addWidget(self.formula)
        second.addWidget(self.numbers, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(first)
        column.addLayout(second)

    def show_nodes(self, network: Network, nodes: tuple[str, ...]) -> None:
        """Say what is selected."""
        kinds = {type(network[node].layer) for node in nodes}
        one = next(iter(kinds)) if len(kinds) == 1 else None
        look = theme.current()
        drawing = icon_name(one) if one is not None else "layers/layer"
        ratio = self.devicePixelRatioF()
        self.icon.setPixmap(icons.pixmap(drawing, ICON, colour=look.accent, ratio=ratio))
        self.title.setText(node_facts.title(network, nodes))
        help = concept_tip(one) if one is not None else ""
        for part in (self.icon, self.title):
            part.setToolTip(help)
        self.costs.show_text(node_facts.costs(network, nodes))
        single = len(nodes) == 1
        layer, facts = network[nodes[0]].layer, network.facts[nodes[0]]
        self.formula.show_formula(node_facts.formula(layer) if single else "")
        self.numbers.show_text(node_facts.numbers(layer, facts) if single else "")
        self.formula.setVisible(single and bool(self.formula.formula))
        self.numbers.setVisible(single and bool(self.numbers.text()))
        self.closer.setIcon(icons.icon("close", 14, colour=look.muted))
        self.closer.setToolTip(tr("Close (Esc)"))
        self.closer.setAccessibleName(tr("Close"))

    def wanted(self) -> int:
        """The width that shows everything."""
        first = ICON + self.title.sizeHint().width() + self.costs.sizeHint().width() + 60
        second = 0
        if not self.formula.isHidden():
            second = self.formula.natural_width() + self.numbers.sizeHint().width() + 20
        return max(first, second)
