"""Every house rule can fail, and leaves good code alone."""

from __future__ import annotations

import json

import house
import pytest


def module(source: str) -> house.House:
    return {"nnstudio/app/thing.py": source}


def catalogue(**entries: str) -> house.House:
    return {house.CATALOGUE + "window.json": json.dumps(entries)}


CONNECTED = """
class Window:
    def __init__(self):
        self.button.clicked.connect(self.press)
    {marker}
    def press(self): ...
"""

#: rule, a house that breaks it, a house that keeps it
EXAMPLES = [
    (house.whole_sentences, module('tr(f"Layer {n}")'), module('tr("Layer {n}", n=n)')),
    (house.whole_sentences, module('tr("Layer " + name)'), module("tr(self.label)")),
    (house.whole_sentences, module('tr("Layer {}".format(n))'), module('tr("a" if n else "b")')),
    (house.whole_sentences, module("mark(label)"), module('mark("Two " "halves")')),
    (
        house.catalogue_is_complete,
        module('tr("Units")'),
        module('tr("Units")') | catalogue(Units="单元"),
    ),
    (house.catalogue_is_complete, catalogue(Gone="没了"), catalogue()),
    (
        house.catalogue_is_complete,
        module('tr("a")') | catalogue(a="甲") | {house.CATALOGUE + "core.json": '{"a": "乙"}'},
        module('tr("a")') | catalogue(a="甲") | {house.CATALOGUE + "core.json": "{}"},
    ),
    (house.places_survive, catalogue(**{"{n} units": "单元"}), catalogue(**{"{n} a": "{n} b"})),
    (house.places_survive, catalogue(a="{"), catalogue(a="b")),
    (
        house.declared_texts_are_marked,
        module('rate: float = real(0.5, label="Rate")'),
        module('rate: float = real(0.5, label=mark("Rate"))'),
    ),
    (
        house.declared_texts_are_marked,
        module('x = choice("a", ["a"], label=mark("X"), labels={"a": "First"})'),
        module('x = choice("a", ["a"], label="β₁", labels={"a": mark("First")})'),
    ),
    (
        house.declared_texts_are_marked,
        module('raise StudioError("Too big.")'),
        module('raise StudioError(mark("Too big."))'),
    ),
    (
        house.declared_texts_are_marked,
        module('@register("A.v1")\nclass A:\n    label = "Dense"'),
        module('@register("A.v1")\nclass A:\n    label = mark("Dense")'),
    ),
    (
        house.shown_texts_are_translated,
        module('button.setText("Play")'),
        module('button.setText(tr("Play"))'),
    ),
    (
        house.shown_texts_are_translated,
        module('label = QLabel(f"{n} units")'),
        module('label = QLabel("×")'),
    ),
    (
        house.slots_are_methods,
        module("timer.timeout.connect(lambda: self.tick())"),
        module("timer.timeout.connect(self.tick)"),
    ),
    (
        house.slots_are_methods,
        module("timer.timeout.connect(functools.partial(tick, 1))"),
        module("timer.timeout.connect(tick)"),
    ),
    (
        house.slots_are_methods,
        module(CONNECTED.format(marker="")),
        module(CONNECTED.format(marker="@Slot()")),
    ),
    (house.files_are_short, module("\n" * 401), module("\n" * 400)),
    (house.top_is_tidy, {"notes.txt": ""}, {".gitignore": "", "resources/a.svg": ""}),
    (house.places_are_portable, {"README.md": "see /" + "tmp/a"}, {"README.md": "see docs/tmp/a"}),
    (
        house.places_are_portable,
        {"README.md": "https://" + "packages.example/simple"},
        {"README.md": "https://doi.org/10.1"},
    ),
    (house.places_are_portable, {"a": "pip --index" + "-url x"}, {"a": "pip install numpy"}),
]


@pytest.mark.parametrize(("rule", "bad", "good"), EXAMPLES)
def test_a_rule_finds_what_breaks_it_and_nothing_else(rule, bad, good):
    assert list(rule(bad))
    assert not list(rule(good))


def test_every_rule_is_proven():
    assert {rule for rule, _, _ in EXAMPLES} == set(house.RULES)


def test_complaints_say_where_and_what_to_do():
    (complaint,) = house.whole_sentences(module('\ntr(f"Layer {n}")'))
    assert complaint.startswith("nnstudio/app/thing.py:2: ")
    assert 'Write tr("Layer {n}", n=3).' in complaint


def test_without_git_the_same_files_are_found(tmp_path):
    for name in ("README.md", "nnstudio/a.py", ".venv/b.py", "nnstudio/__pycache__/a.pyc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert sorted(house.read_house(tmp_path)) == ["README.md", "nnstudio/a.py"]
