"""Tab walks through the window as one reads it, whatever order its parts were made in; F6 from one
area to the next."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QSplitter, QWidget


def in_reading_order(parent: QWidget) -> Iterator[QWidget]:
    """All that shows inside a widget: lines from top to bottom, each from left to right, and
    whatever holds others as a whole."""
    parts = [
        part
        for part in parent.children()
        if isinstance(part, QWidget) and part.isVisible() and not part.isWindow()
    ]
    lines: list[list[QWidget]] = []
    for part in sorted(parts, key=_top):
        middle = part.geometry().center().y()
        if lines and middle <= lines[-1][0].geometry().bottom():
            lines[-1].append(part)
        else:
            lines.append([part])
    for line in lines:
        for part in sorted(line, key=_left):
            yield part
            yield from in_reading_order(part)


def _top(part: QWidget) -> int:
    return part.y()


def _left(part: QWidget) -> int:
    return part.x()


class Reading(QWidget):
    """The middle of a window."""

    def stops(self) -> list[QWidget]:
        """Everything that Tab comes to, in order."""
        return [
            widget
            for widget in in_reading_order(self)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.focusProxy() is None
            and widget.isEnabled()
        ]

    def focusNextPrevChild(self, forward: bool) -> bool:
        """The next control, or the one before; after the last comes the first."""
        stops, now = self.stops(), QApplication.focusWidget()
        if not stops:
            return False
        if now in stops:
            target = stops[(stops.index(now) + (1 if forward else -1)) % len(stops)]
        else:
            target = self._beside(now, stops, forward)
        self._enter(target, forward)
        return True

    def enter_area(self, forward: bool) -> None:
        """Give the keyboard to the next area, or the one before: to what had it there last."""
        stops, now = self.stops(), QApplication.focusWidget()
        areas: dict[QWidget, QWidget] = {}
        for stop in stops:
            areas.setdefault(self._area(stop), stop)
        if not areas:
            return
        order = list(areas)
        here = self._area(now) if now is not None and self.isAncestorOf(now) else None
        if here in areas:
            area = order[(order.index(here) + (1 if forward else -1)) % len(order)]
        else:
            area = order[0 if forward else -1]
        last = area.focusWidget()
        again = last in stops and self._area(last) is area
        self._enter(last if again else areas[area], forward)

    def _area(self, widget: QWidget) -> QWidget:
        """What it belongs to: what stands in a splitter or in the window itself, or says that it
        is an area."""
        above = widget.parentWidget()
        while above is not None and above is not self and not isinstance(above, QSplitter):
            if getattr(widget, "is_area", False):
                break
            widget, above = above, above.parentWidget()
        return widget

    def _enter(self, target: QWidget, forward: bool) -> None:
        """Give it the keyboard, where one sees it."""
        reasons = Qt.FocusReason
        target.setFocus(reasons.TabFocusReason if forward else reasons.BacktabFocusReason)
        above = target.parentWidget()
        while above is not None and above is not self:
            if isinstance(above, QScrollArea):
                above.ensureWidgetVisible(target)
            above = above.parentWidget()

    def _beside(self, now: QWidget | None, stops: list[QWidget], forward: bool) -> QWidget:
        """The stop after, or before, what has the keyboard although it is none itself."""
        before: list[QWidget] = []
        for widget in in_reading_order(self):
            if widget is now:
                at = len(before)
                return stops[at % len(stops)] if forward else stops[at - 1]
            if widget in stops:
                before.append(widget)
        return stops[0] if forward else stops[-1]
