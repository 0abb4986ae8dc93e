"""Reset as an edit: the run that it ends is kept, and undo goes back to it exactly."""

from __future__ import annotations

from PySide6.QtGui import QUndoCommand, QUndoStack

from nnstudio.core.text import tr
from nnstudio.engine.session import Session


class ResetRun(QUndoCommand):
    """Back to the first weights; undo opens the run that was left."""

    def __init__(self, session: Session) -> None:
        super().__init__(tr("Reset"))
        self.session = session
        self.left = 0  # the number of that run

    def redo(self) -> None:
        """Begin a new run; the present one stays as it is."""
        present = self.session.runs.present
        self.left = present.number if present is not None else 0
        self.session.reset()

    def undo(self) -> None:
        """Stand where the run was left."""
        self.session.pause()
        if self.left:
            self.session.open_run(self.left)


def has_learned(session: Session) -> bool:
    """Whether a reset would take something away."""
    latest = session.latest
    return latest is not None and latest.step > 0


def reset_run(session: Session, stack: QUndoStack) -> None:
    """Reset; as an edit if something is left behind."""
    if has_learned(session):
        stack.push(ResetRun(session))
    else:
        session.reset()
