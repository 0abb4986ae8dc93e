"""A link that is being pulled out of a port: which layers may read it, and why others may not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from nnstudio.app.canvas.hints import Words
from nnstudio.core.editing import wiring
from nnstudio.core.text import StudioError, mark, tr

if TYPE_CHECKING:
    from nnstudio.app.canvas.canvas import NetworkCanvas


@dataclass
class Pull:
    """``source`` is the card, ``node`` the layer whose values are offered; ``refusals`` says of
    each card why it cannot read them (None: it can); ``target`` is the card pointed at."""

    source: str
    node: str
    refusals: dict[str, StudioError | None] = field(default_factory=dict)
    target: str = ""

    @classmethod
    def begin(cls, canvas: NetworkCanvas, card: str) -> Pull:
        """Ask of every card whether it may read this one."""
        network = canvas.document.setup.network
        node = canvas.by_id[card].members[-1]
        made = cls(card, node)
        for column in canvas.columns:
            if column.is_block:
                made.refusals[column.id] = StudioError(
                    mark("Unfold the block to connect a layer of it.")
                )
            else:
                made.refusals[column.id] = wiring.why_not(network, node, column.id)
        return made

    def may(self, card: str) -> bool:
        """Whether a card may read the source."""
        return card in self.refusals and self.refusals[card] is None

    def point_at(self, canvas: NetworkCanvas, card: str) -> None:
        """The pointer is over a card, or over none (empty); says why if it cannot be."""
        self.target = card
        error = self.refusals.get(card)
        at = canvas.gestures.pointer
        if error is not None and card != self.source:
            canvas.hint.show_at(Words(str(error)), at.x(), at.y())
        elif self.may(card):
            words = tr("Connect to {layer}", layer=canvas.by_id[card].title)
            canvas.hint.show_at(Words(words), at.x(), at.y())
        else:
            canvas.hint.hide()
        canvas.update()

    def finish(self, canvas: NetworkCanvas, at: QPointF) -> None:
        """Let go: connect, ask how to join, or say why not."""
        if not self.target or self.target == self.source:
            canvas.hint.hide()
        elif self.may(self.target):
            canvas.hint.hide()
            canvas.offer_joints(self.node, self.target, at)

    # --- by keyboard ---

    def step(self, canvas: NetworkCanvas, delta: int) -> bool:
        """Point at the next card that may read the source; whether there is one."""
        legal = [name for name in canvas.layout_now.order if self.may(name)]
        if not legal:
            return False
        at = legal.index(self.target) + delta if self.target in legal else 0
        self.target = legal[at % len(legal)]
        box = canvas.layout_now.cards[self.target]
        canvas.show_box(box)
        canvas.gestures.pointer = QPointF(*canvas.camera.to_view(box.x, box.centre[1]))
        self.point_at(canvas, self.target)
        return True
