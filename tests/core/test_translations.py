"""What concepts and fields declare for people has its Chinese, however it was put together."""

from __future__ import annotations

import re

import pytest

from nnstudio.core import fields, registry
from nnstudio.core.contracts import Dataset, Initializer, Layer, Loss, Optimizer, Schedule
from nnstudio.core.setup import Training
from nnstudio.core.text import StudioError, catalogue, mark, named, set_language, tr

CATALOGUE = catalogue("zh")
CONCEPTS = [
    cls
    for base in (Layer, Loss, Optimizer, Schedule, Initializer, Dataset)
    for cls in registry.table(base).values()
]


def texts(spec):
    """Everything about a concept that is shown in the window."""
    yield from (getattr(spec, name, "") for name in ("label", "help", "group"))
    for field in fields.fields_of(spec).values():
        yield from (field.label, field.help, *field.labels.values())


@pytest.mark.parametrize("spec", [*CONCEPTS, Training], ids=lambda spec: spec.__name__)
def test_a_concept_speaks_chinese(spec):
    words = {text for text in texts(spec) if re.search("[A-Za-z]{2}", text)}
    assert sorted(words - set(CATALOGUE)) == []


def test_an_error_follows_the_language_until_it_is_shown():
    error = StudioError(mark("{label} cannot be “{value}”. Give {wanted}."),
                        label=mark("Units"), value="x", wanted=mark("a whole number"))  # fmt: skip
    english = str(error)
    set_language("zh")
    assert english == "Units cannot be “x”. Give a whole number."
    assert str(error) != english
    assert "x" in str(error)
    assert tr("no such sentence") == "no such sentence"


def test_what_people_bring_along_is_not_translated():
    set_language("zh")
    assert named(mark("blue")) == tr("blue") != "blue"
    assert named("blue") == "blue"
    theirs = str(StudioError("{name}", name="class"))
    ours = str(StudioError("{name}", name=mark("class")))
    assert (theirs, ours) == ("class", tr("class"))


def test_a_table_keeps_its_own_words(tmp_path):
    table = tmp_path / "blue.csv"
    table.write_text("step,class\n" + "1,blue\n2,orange\n3,blue\n4,orange\n" * 3)
    made = registry.from_json(Dataset, {"type": "OwnTable.v1", "path": str(table)}).load()
    set_language("zh")
    for names, own in (
        (made.classes, ("blue", "orange")),
        (made.feature_names, ("step",)),
        (made.target_names, ("class",)),
    ):
        assert tuple(map(named, names)) == own


def test_whatever_a_file_brings_along_an_error_stays_a_sentence():
    from nnstudio.core.text import LONGEST, StudioError, mark

    error = StudioError(mark("The file “{name}” is empty."), name="a" * 100_000)
    assert LONGEST < len(str(error)) < LONGEST + 100
    assert str(error).endswith("…” is empty.")
