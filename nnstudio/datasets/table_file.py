"""A table from a CSV file: one column is the target, the others are the inputs."""

from __future__ import annotations

import csv

from nnstudio.core.columns import CATEGORY
from nnstudio.core.contracts import Dataset
from nnstudio.core.data import Data
from nnstudio.core.encoding import PROBLEMS, encode
from nnstudio.core.fields import choice, integer, real, text
from nnstudio.core.registry import register
from nnstudio.core.table import HEADERS, LEFT_OUT, read_table
from nnstudio.core.text import StudioError, mark


@register("TableFile.v1")
class TableFile(Dataset):
    """Numbers standardised, categories one-hot encoded, the target as classes or a number."""

    label = mark("Table from a file")
    help = mark("A CSV file with a line of column names and a line for each example.")
    group = "Tables"
    order = 1

    path: str = text("", label=mark("File"), help=mark("The CSV file."))
    target: str = text(
        "", label=mark("Target"),
        help=mark("The column to predict; empty for the last one."),
    )  # fmt: skip
    share: float = real(
        0.8, minimum=0.1, maximum=0.9, step=0.05, label=mark("Training share"),
        help=mark("The share of the rows that the network learns from; the others validate it."),
    )  # fmt: skip
    problem: str = choice(
        "automatic", PROBLEMS, label=mark("Problem"),
        help=mark("Whether the target is a class or a number; automatic looks at its values."),
        labels={
            "automatic": mark("Automatic"),
            "classification": mark("Classification"),
            "regression": mark("Regression"),
        },
    )  # fmt: skip
    categories: str = text(
        "", label=mark("Categories"),
        help=mark("Columns whose numbers are only names, separated by commas."),
    )  # fmt: skip
    leave_out: str = text(
        "", label=mark("Leave out"),
        help=mark("Columns that the network must not see, separated by commas."),
    )  # fmt: skip
    header: str = choice(
        "automatic", HEADERS, label=mark("First line"),
        help=mark("Whether the first line holds the columns' names."),
        labels={
            "automatic": mark("Automatic"),
            "names": mark("Column names"),
            "data": mark("Data"),
        },
    )  # fmt: skip
    seed: int = integer(
        1, minimum=0, maximum=2**31 - 1, label=mark("Seed"),
        help=mark("The same seed gives the same data."),
    )  # fmt: skip

    def load(self) -> Data:
        """Read, check and encode the file; whatever is wrong with it is a ``StudioError``."""
        kinds = dict.fromkeys(_listed(self.categories), CATEGORY)
        kinds |= dict.fromkeys(_listed(self.leave_out), LEFT_OUT)
        if kinds.get(self.target) == LEFT_OUT:
            raise StudioError(
                mark("The target “{column}” is left out. Leave it in, or choose another target."),
                column=self.target,
            )
        table = read_table(self.path, self.header, kinds)
        if not table.columns:
            raise StudioError(mark("All columns are left out. Leave some of them in."))
        target = self.target or table.columns[-1].name
        return encode(table, target, self.share, self.seed, self.problem)


def _listed(names: str) -> list[str]:
    """Names separated by commas; a name with a comma in it stands in quotation marks."""
    try:
        rows = list(csv.reader([" ".join(names.split())], skipinitialspace=True))
    except csv.Error:
        rows = [names.split(",")]
    return [name.strip() for row in rows for name in row if name.strip()]
