"""Choosing which metrics and which parts a plot of curves shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from nnstudio.app.concept_tips import concept_tip
from nnstudio.app.header import HeaderButton
from nnstudio.app.metric_curves import PARTS
from nnstudio.core.metrics import METRICS
from nnstudio.core.text import mark, tr

PART_NAMES = {"train": mark("Training"), "valid": mark("Validation")}


class StayingMenu(QMenu):
    """Stays open while boxes are ticked with the mouse."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tick without closing."""
        action = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable() and action.isEnabled():
            action.trigger()
        else:
            super().mouseReleaseEvent(event)


class MetricButton(HeaderButton):
    """A word with ▾; ``changed`` says that other metrics or parts are wanted. At least one of
    each always is."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", mark("Which metrics to show"), parent)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.metrics: tuple[str, ...] = ("loss",)
        self.parts: tuple[str, ...] = PARTS
        self._words: dict[str, str] = {}
        menu = StayingMenu(self)
        menu.setToolTipsVisible(True)
        menu.triggered.connect(self._tick)
        self.setMenu(menu)

    def set_words(self, words: Mapping[str, str]) -> None:
        """The metrics that there are; those that were chosen and are no more give way."""
        if dict(words) != self._words:
            self._words = dict(words)
            kept = tuple(name for name in self.metrics if name in words)
            self.metrics = kept or (next(iter(words)),)
            menu = self.menu()
            menu.clear()
            for name in words:
                self._add(name)
            menu.addSeparator()
            for part in PARTS:
                self._add(part)
        self._show()

    def choose(self, metrics: Iterable[str], parts: Iterable[str]) -> None:
        """Show a choice, as far as it fits; tells nobody."""
        wanted = set(metrics), set(parts)
        self.metrics = tuple(name for name in self._words if name in wanted[0]) or self.metrics
        self.parts = tuple(part for part in PARTS if part in wanted[1]) or self.parts
        self._show()

    def _add(self, name: str) -> None:
        action = QAction(self.menu())
        action.setData(name)
        action.setCheckable(True)
        self.menu().addAction(action)

    @Slot(QAction)
    def _tick(self, action: QAction) -> None:
        name = str(action.data())
        if name in PART_NAMES:
            self.parts = self._toggled(self.parts, name, PARTS)
        else:
            self.metrics = self._toggled(self.metrics, name, tuple(self._words))
        self._show()
        self.changed.emit()

    @staticmethod
    def _toggled(chosen: tuple[str, ...], name: str, order: tuple[str, ...]) -> tuple[str, ...]:
        wanted = set(chosen) ^ {name}
        return tuple(other for other in order if other in wanted) or chosen

    def _show(self) -> None:
        for action in self.menu().actions():
            name = str(action.data())
            if not action.isSeparator():
                action.setText(tr(PART_NAMES.get(name) or self._words[name]))
                action.setToolTip(concept_tip(METRICS[name]) if name in METRICS else action.text())
                action.setChecked(name in self.metrics or name in self.parts)
        count = len(self.metrics)
        word = tr(self._words.get(self.metrics[0], "")).lower()
        self.setText(f"{word if count == 1 else tr('{n} metrics', n=count)} ▾")
        self.setAccessibleName(tr("Which metrics to show"))
        self.setToolTip(tr("Which metrics to show"))
        self.updateGeometry()
        self.update()
