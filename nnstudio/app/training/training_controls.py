"""The training settings in the top bar. Each edits the document; all follow it.

The commonest have a box each; all other fields of ``Training`` are behind one button.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nnstudio.analysis.sketches import Sketch, of_loss, of_schedule
from nnstudio.app.document import Document
from nnstudio.app.field_texts import help_text, value_text
from nnstudio.app.training.more_settings import MoreSettings
from nnstudio.app.training.regularization import RegularizationBox
from nnstudio.app.training.spec_picker import SpecPicker
from nnstudio.app.widgets.combo import Labelled
from nnstudio.app.widgets.number_combo import NumberCombo
from nnstudio.core.contracts import Loss, Optimizer, Schedule
from nnstudio.core.fields import fields_of
from nnstudio.core.setup import Setup, Training
from nnstudio.core.text import StudioError, mark, tr

LEARNING_RATES = (
    0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0,
)  # fmt: skip
BATCH_SIZES = (1, 2, 4, 8, 10, 16, 20, 32, 64, 128, 256, 512, 1024)
EPOCHS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)

#: Fields of ``Training`` that have a place of their own; the seed is chosen by “New weights”.
SHOWN = ("learning_rate", "batch_size", "epochs", "l1", "l2", "seed")

#: What leaves a bar that is too narrow, in this order.
LEAST_USED = ("schedule", "regularization", "batch_size", "epochs", "loss", "optimizer")

_HELP = {
    "optimizer": mark("How a gradient changes the weights, and its own settings."),
    "loss": mark("How far predictions are from the truth: what training makes small."),
    "regularization": mark("Keeps weights small, so that the network does not learn by heart."),
    "schedule": mark("How the learning rate changes while training goes on."),
}


class TrainingControls(QWidget):
    """Learning rate, optimizer, loss, batch size, regularization, epochs, schedule."""

    refused = Signal(object)  # StudioError

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self._why_no_batch = ""
        declared = fields_of(Training)
        self.learning_rate = NumberCombo(declared["learning_rate"], LEARNING_RATES)
        self.optimizer = SpecPicker(Optimizer, mark("Optimizer"))
        self.loss = SpecPicker(Loss, mark("Loss"))
        self.batch_size = NumberCombo(declared["batch_size"], BATCH_SIZES)
        self.regularization = RegularizationBox()
        self.epochs = NumberCombo(declared["epochs"], EPOCHS, {0: mark("No end")})
        self.schedule = SpecPicker(Schedule, mark("Schedule"), usual="Constant.v1")
        self.more = MoreSettings([name for name in declared if name not in SHOWN])
        self.numbers = {
            "learning_rate": self.learning_rate,
            "batch_size": self.batch_size,
            "epochs": self.epochs,
        }
        self.specs = {"optimizer": self.optimizer, "loss": self.loss, "schedule": self.schedule}
        self.boxes: dict[str, Labelled] = {}
        self._inside: tuple[str, ...] = ()
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        for name, caption, control in (
            ("learning_rate", mark("Learning rate"), self.learning_rate),
            ("optimizer", mark("Optimizer"), self.optimizer),
            ("loss", mark("Loss"), self.loss),
            ("batch_size", mark("Batch size"), self.batch_size),
            ("regularization", mark("Regularization"), self.regularization),
            ("epochs", mark("Epochs"), self.epochs),
            ("schedule", mark("Schedule"), self.schedule),
        ):
            help = declared[name].help if name in declared else _HELP[name]
            control.setObjectName(name)
            self.boxes[name] = Labelled(caption, control, help, self)
            self.row.addWidget(self.boxes[name])
        self.row.addWidget(self.more)
        for number in self.numbers.values():
            number.edited.connect(self._number_edited)
            number.refused.connect(self.refused)
        for picker in self.specs.values():
            picker.edited.connect(self._spec_edited)
            picker.refused.connect(self.refused)
        self.loss.detail.picture = self._loss_picture
        self.schedule.detail.picture = self._schedule_picture
        self.more.edited.connect(self._field_edited)
        self.more.refused.connect(self.refused)
        self.regularization.edited.connect(self._rates_edited)
        self.regularization.refused.connect(self.refused)
        document.changed.connect(self._follow)
        self._show(document.setup.training)

    def set_inside(self, count: int) -> None:
        """Where the bar has no room, so many boxes, the least used first, are behind the button."""
        wanted = LEAST_USED[:count]
        if wanted == self._inside:
            return
        self._inside = wanted
        boxes = list(self.boxes.items())
        for place, (name, box) in enumerate(boxes):
            if name not in wanted:
                self.row.insertWidget(place, box)
        for name, box in reversed(boxes):
            if name in wanted:
                self.more.take_in(box)
        for box in self.boxes.values():
            box.show()

    @Slot(object, object)
    def _follow(self, before: Setup, after: Setup) -> None:
        if before.training != after.training or before.dataset != after.dataset:
            self._show(after.training)

    def _show(self, training: Training) -> None:
        for name, number in self.numbers.items():
            number.show_value(getattr(training, name))
        for name, picker in self.specs.items():
            picker.show_spec(getattr(training, name) or picker.usual)
        self.loss.offer(self.document.data.task)
        self._suit_batch(training)
        self.regularization.show_rates(training.l1, training.l2)
        self.more.show_training(training)

    def _suit_batch(self, training: Training) -> None:
        """An optimizer that takes the whole training set leaves no batch to choose."""
        whole = training.optimizer is not None and training.optimizer.whole_set
        self.batch_size.setEnabled(not whole)
        reason = mark("This optimizer takes the whole training set at each step.")
        self._why_no_batch = reason if whole else ""
        self._tell()

    def _tell(self) -> None:
        """The numbers' tips, with their formulas, in the present language."""
        for name, number in self.numbers.items():
            why = self._why_no_batch if name == "batch_size" else ""
            tip = tr(why) if why else help_text(fields_of(Training)[name])
            for part in (number, number.entry, self.boxes[name].caption):
                part.setToolTip(tip)

    def changeEvent(self, event: QEvent) -> None:
        """The tips follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self.boxes:
            self._tell()

    def _loss_picture(self, loss: Any) -> Sketch | None:
        return of_loss(loss, self.document.data.task)

    def _schedule_picture(self, schedule: Any) -> Sketch | None:
        training, count = self.document.setup.training, len(self.document.data.train)
        steps = -(-count // min(training.batch_size, max(count, 1)))
        return of_schedule(schedule, training.learning_rate, steps, training.epochs)

    def _edit(self, text: str, merge: str = "", **values: Any) -> None:
        try:
            after = self.document.setup.with_training(**values)
        except StudioError as error:
            self._show(self.document.setup.training)
            self.refused.emit(error)
            return
        self.document.edit(text, after, merge=merge)

    @Slot(object)
    def _number_edited(self, value: Any) -> None:
        control = self.sender()
        assert isinstance(control, NumberCombo)
        name = control.objectName()
        text = tr("{setting}: {value}", setting=tr(control.field.label), value=control.shown(value))
        self._edit(text, name, **{name: value})

    @Slot(object)
    def _spec_edited(self, spec: Any) -> None:
        name = self.sender().objectName()
        training = self.document.setup.training
        before = getattr(training, name)
        values = {name: spec}
        same = type(before) is type(spec)
        usual = getattr(before, "default_rate", None)
        if name == "optimizer" and not same and training.learning_rate == usual:
            # Adam's usual rate is no good for plain descent: a rate that nobody chose moves along.
            values["learning_rate"] = spec.default_rate
        self._edit(tr(spec.label), name if same else "", **values)

    @Slot(str, object)
    def _field_edited(self, name: str, value: Any) -> None:
        field = fields_of(Training)[name]
        text = tr("{setting}: {value}", setting=tr(field.label), value=value_text(field, value))
        self._edit(text, name, **{name: value})

    @Slot(float, float)
    def _rates_edited(self, l1: float, l2: float) -> None:
        self._edit(tr("Regularization"), "regularization", l1=l1, l2=l2)
