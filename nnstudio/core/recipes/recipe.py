"""The recipe: how data of one's own is prepared, as one immutable value that is plain JSON.

It says what each column is, which are predicted, what becomes of gaps, how numbers are scaled,
how rows are divided, how images are made equal. It travels with a setup; the numbers that follow
from it and from the training part (means, categories...) are a ``Preparation``, which travels with
a trained model. Every part is declared by fields, so forms, validation and JSON derive from them.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, TypeVar

from nnstudio.core import fields
from nnstudio.core.fields import choice, flag, integer, real, sizes, text
from nnstudio.core.text import StudioError, mark

T = TypeVar("T")

_AUTOMATIC = {"automatic": mark("Automatic")}


@dataclass(frozen=True)
class ColumnRecipe:
    """What becomes of one column."""

    label = mark("Column")

    kind: str = choice(
        "automatic", ("automatic", "number", "category", "text", "date", "ignore"),
        label=mark("Type"),
        help=mark("What the column holds; text is shown but not used, and so is what is ignored."),
        labels={
            **_AUTOMATIC, "number": mark("Number"), "category": mark("Category"),
            "text": mark("Text"), "date": mark("Date"), "ignore": mark("Ignore"),
        },
    )  # fmt: skip
    missing: str = choice(
        "automatic", ("automatic", "drop", "mean", "median", "frequent", "own", "refuse"),
        label=mark("Missing values"),
        help=mark(
            "What stands in for a gap; automatic takes the mean of numbers, a category of its own "
            "for categories."
        ),
        labels={
            **_AUTOMATIC, "drop": mark("Drop the row"), "mean": mark("Mean"),
            "median": mark("Median"), "frequent": mark("Most frequent"),
            "own": mark("A category of its own"), "refuse": mark("Not allowed"),
        },
    )  # fmt: skip
    scale: str = choice(
        "automatic", ("automatic", "standardise", "min-max", "log", "none"), label=mark("Scaling"),
        help=mark("How numbers become small; automatic standardises to mean 0 and deviation 1."),
        labels={
            **_AUTOMATIC, "standardise": mark("Standardise"), "min-max": mark("0 to 1"),
            "log": mark("Logarithm"), "none": mark("As it is"),
        },
    )  # fmt: skip
    encode: str = choice(
        "automatic", ("automatic", "one-hot", "ordinal"), label=mark("Encoding"),
        help=mark("How categories become numbers; ordinal is for those that have an order."),
        labels={
            **_AUTOMATIC, "one-hot": mark("One-hot"), "ordinal": mark("Ordinal"),
        },
    )  # fmt: skip
    clip: float = real(
        0.0, minimum=0.0, maximum=100.0, step=0.5, label=mark("Clip outliers"),
        zero=mark("off"),
        help=mark(
            "Brings numbers beyond so many interquartile ranges from the quartiles back to there; "
            "0 does not."
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class SplitRecipe:
    """How rows are divided into training, validation and test."""

    label = mark("Split")

    how: str = choice(
        "automatic",
        ("automatic", "random", "stratified", "time", "column", "groups", "folds"),
        label=mark("Split"),
        help=mark(
            "Automatic keeps the shares of classes equal, and takes what the file itself divides."
        ),
        labels={
            **_AUTOMATIC, "random": mark("Random"), "stratified": mark("Stratified"),
            "time": mark("By time"), "column": mark("By a column"), "groups": mark("By groups"),
            "folds": mark("K folds"),
        },
    )  # fmt: skip
    valid: float = real(
        0.2, minimum=0.02, maximum=0.9, step=0.05, label=mark("Validation share"),
        help=mark("The share of the rows that validates the network."),
    )  # fmt: skip
    test: float = real(
        0.0, minimum=0.0, maximum=0.8, step=0.05, label=mark("Test share"),
        help=mark("The share of the rows that is put aside to the very end."),
    )  # fmt: skip
    column: str = text(
        "", label=mark("Column"),
        help=mark("The column of times, of groups, or of the words train, valid and test."),
    )  # fmt: skip
    folds: int = integer(
        5, minimum=2, maximum=50, label=mark("Folds"),
        help=mark("Into how many equal parts rows are divided; one of them validates."),
    )  # fmt: skip
    fold: int = integer(
        1, minimum=1, maximum=50, label=mark("Fold"),
        help=mark("Which fold validates."),
    )  # fmt: skip
    seed: int = integer(
        1, minimum=0, maximum=2**31 - 1, label=mark("Seed"),
        help=mark("The same seed gives the same data."),
    )  # fmt: skip


@dataclass(frozen=True)
class WindowRecipe:
    """Windows of a time series: the last ``length`` values predict the one ``horizon`` later."""

    label = mark("Time windows")

    length: int = integer(
        0, minimum=0, maximum=2000, label=mark("Length"), unit=mark("rows"),
        zero=mark("off"),
        help=mark("How many rows back the network sees; 0 takes each row for itself."),
    )  # fmt: skip
    horizon: int = integer(
        1, minimum=1, maximum=1000, label=mark("Horizon"), unit=mark("rows"),
        help=mark("How many rows ahead it predicts."),
    )  # fmt: skip
    sequence: bool = flag(
        False, label=mark("As a sequence"),
        help=mark("Steps × columns, for convolutions, rather than one row of numbers."),
    )  # fmt: skip


@dataclass(frozen=True)
class ImageRecipe:
    """How images are made equal."""

    label = mark("Images")

    size: tuple[int, ...] = sizes(
        (0, 0), minimum=0, maximum=512, length=2, label=mark("Size"),
        help=mark("Height and width that every image is brought to; 0 chooses."),
    )  # fmt: skip
    colour: str = choice(
        "automatic", ("automatic", "grey", "colour"), label=mark("Colour"),
        help=mark("Automatic is grey where no image has a colour."),
        labels={**_AUTOMATIC, "grey": mark("Grey"), "colour": mark("Colour")},
    )  # fmt: skip
    fit: str = choice(
        "stretch", ("stretch", "crop", "pad"), label=mark("Fit"),
        help=mark("What becomes of an image of other proportions."),
        labels={"stretch": mark("Stretch"), "crop": mark("Crop"), "pad": mark("Pad")},
    )  # fmt: skip
    normalise: str = choice(
        "0 to 1", ("0 to 1", "−1 to 1", "standardise"), label=mark("Normalise"),
        help=mark("What the network sees instead of 0 to 255."),
        labels={
            "0 to 1": mark("0 to 1"), "−1 to 1": mark("−1 to 1"),
            "standardise": mark("Standardise"),
        },
    )  # fmt: skip


@dataclass(frozen=True)
class Augmentation:
    """Random changes of images, drawn anew for every batch; validation sees none of them."""

    label = mark("Augmentation")

    flip: bool = flag(
        False, label=mark("Flip left and right"),
        help=mark("Mirrors every other image; not for digits and letters."),
    )  # fmt: skip
    upside_down: bool = flag(
        False, label=mark("Flip upside down"), help=mark("Mirrors every other image top to bottom.")
    )
    shift: float = real(
        0.0, minimum=0.0, maximum=0.5, step=0.01, label=mark("Shift"),
        help=mark("Moves by up to this share of height and width."),
    )  # fmt: skip
    rotate: float = real(
        0.0, minimum=0.0, maximum=180.0, step=1.0, label=mark("Rotate"), unit="°",
        help=mark("Turns by up to so many degrees."),
    )  # fmt: skip
    zoom: float = real(
        0.0, minimum=0.0, maximum=0.5, step=0.01, label=mark("Zoom"),
        help=mark("Enlarges or shrinks by up to this share."),
    )  # fmt: skip
    noise: float = real(
        0.0, minimum=0.0, maximum=1.0, step=0.01, label=mark("Noise"),
        help=mark("Adds random numbers of this standard deviation to what the network sees."),
    )  # fmt: skip
    cutout: float = real(
        0.0, minimum=0.0, maximum=0.7, step=0.05, label=mark("Cut-out"),
        help=mark("Blanks a square of this share of the image's side."),
    )  # fmt: skip

    @property
    def active(self) -> bool:
        """Whether it changes anything."""
        return self != Augmentation()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return changes(self)

    @classmethod
    def from_json(cls, data: Any) -> Augmentation:
        """What ``to_json`` wrote; anything else raises ``StudioError``."""
        made: Augmentation = _part(cls, data)
        return made


#: The parts of a recipe that are one value each.
PARTS: dict[str, type] = {
    "split": SplitRecipe,
    "windows": WindowRecipe,
    "images": ImageRecipe,
    "augmentation": Augmentation,
}


@dataclass(frozen=True)
class Recipe:
    """How data is prepared. ``targets`` empty means the last column.

    ``columns`` holds only columns that differ from the automatic treatment, in their order.
    ``fixes`` are corrected labels: (row or file name, class or number as text).
    """

    label = mark("Preparation")

    targets: tuple[str, ...] = ()
    problem: str = choice(
        "automatic", ("automatic", "classification", "regression"), label=mark("Problem"),
        help=mark("Whether the target is a class or a number; automatic looks at its values."),
        labels={
            **_AUTOMATIC, "classification": mark("Classification"),
            "regression": mark("Regression"),
        },
    )  # fmt: skip
    header: str = choice(
        "automatic", ("automatic", "names", "data"), label=mark("First line"),
        help=mark("Whether the first line holds the columns' names."),
        labels={**_AUTOMATIC, "names": mark("Column names"), "data": mark("Data")},
    )  # fmt: skip
    sample: int = integer(
        0, minimum=0, maximum=1_000_000_000, label=mark("Sample"), unit=mark("rows"),
        zero=mark("all"),
        help=mark("Reads so many rows, chosen at random; 0 reads all."),
    )  # fmt: skip
    columns: tuple[tuple[str, ColumnRecipe], ...] = ()
    fixes: tuple[tuple[str, str], ...] = ()
    split: SplitRecipe = SplitRecipe()
    windows: WindowRecipe = WindowRecipe()
    images: ImageRecipe = ImageRecipe()
    augmentation: Augmentation = Augmentation()

    def column(self, name: str) -> ColumnRecipe:
        """What becomes of a column."""
        return dict(self.columns).get(name, ColumnRecipe())

    def with_column(self, name: str, **values: Any) -> Recipe:
        """The same with another treatment of a column; values are checked."""
        treated = dict(self.columns)
        treated[name] = fields.changed(self.column(name), **values)
        kept = tuple((n, c) for n, c in treated.items() if c != ColumnRecipe())
        return dataclasses.replace(self, columns=kept)

    def with_part(self, part: str, **values: Any) -> Recipe:
        """The same with values of one of ``PARTS`` changed: ``with_part("split", valid=0.3)``."""
        return dataclasses.replace(self, **{part: fields.changed(getattr(self, part), **values)})

    def with_values(self, **values: Any) -> Recipe:
        """The same with own values changed: ``problem``, ``header``, ``sample``, ``targets``."""
        targets = values.pop("targets", None)
        made: Recipe = fields.changed(self, **values)
        return made if targets is None else dataclasses.replace(made, targets=_names(targets))

    def with_fix(self, row: int | str, value: str | None) -> Recipe:
        """The same with a corrected label of a row (or file); None takes a correction back."""
        fixed = {**dict(self.fixes), str(row): value}
        kept = tuple((r, v) for r, v in fixed.items() if v is not None)
        return dataclasses.replace(self, fixes=kept)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; what is as it begins is left out."""
        found: dict[str, Any] = {
            name: value
            for name, value in fields.values_of(self).items()
            if value != getattr(Recipe, name)
        }
        if self.targets:
            found["targets"] = list(self.targets)
        if self.columns:
            found["columns"] = [[name, changes(column)] for name, column in self.columns]
        if self.fixes:
            found["fixes"] = [list(fix) for fix in self.fixes]
        for name in PARTS:
            if changed := changes(getattr(self, name)):
                found[name] = changed
        return found

    @classmethod
    def from_json(cls, data: Any) -> Recipe:
        """The recipe that ``to_json`` wrote; anything else raises ``StudioError``."""
        if not isinstance(data, dict):
            raise _unsound()
        special = ("targets", "columns", "fixes", *PARTS)
        made: Recipe = fields.build(cls, {n: v for n, v in data.items() if n not in special})
        parts = {name: _part(cls_, data.get(name, {})) for name, cls_ in PARTS.items()}
        columns = tuple((name, _part(ColumnRecipe, c)) for name, c in _pairs(data, "columns"))
        fixes = tuple((row, _text(value)) for row, value in _pairs(data, "fixes"))
        return dataclasses.replace(
            made, targets=_names(data.get("targets", ())), columns=columns, fixes=fixes, **parts
        )


def changes(part: Any) -> dict[str, Any]:
    """The values of a recipe's part that differ from how it begins."""
    plain = fields.values_of(type(part)())
    return {name: value for name, value in fields.values_of(part).items() if value != plain[name]}


def _part(cls: type, data: Any) -> Any:
    if not isinstance(data, dict):
        raise _unsound()
    return fields.build(cls, data)


def _pairs(data: dict[str, Any], key: str) -> list[tuple[str, Any]]:
    found = data.get(key, [])
    if not isinstance(found, (list, tuple)) or len(found) > 1_000_000:
        raise _unsound()
    for pair in found:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2 or not isinstance(pair[0], str):
            raise _unsound()
    return [(pair[0], pair[1]) for pair in found]


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 10_000:
        raise _unsound()
    return value


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    if not isinstance(value, (list, tuple)) or len(value) > 2000:
        raise _unsound()
    return tuple(_text(name) for name in value)


def _unsound() -> StudioError:
    return StudioError(mark("The recipe of the data cannot be read. Import the data again."))
