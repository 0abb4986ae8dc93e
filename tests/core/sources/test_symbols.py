"""Drawn symbols: pages, edits, and the file that everything else can open."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.core.recipes.own_data import own_dataset
from nnstudio.core.sources.symbols import Symbols, read_symbols
from nnstudio.core.text import StudioError


def drawing(seed):
    return np.random.default_rng(seed).random((28, 28))


def collection():
    made = Symbols().with_page("star").with_page("☂ umbrella").with_page("empty")
    for seed in range(6):
        made = made.with_symbol("star", drawing(seed)).with_symbol("☂ umbrella", drawing(99 - seed))
    return made


def test_saved_and_read_back(tmp_path):
    made = collection()
    made.save(tmp_path / "mine.zip")
    again = read_symbols(tmp_path / "mine.zip")
    assert again.classes == ("star", "☂ umbrella", "empty")
    for name in made.classes:
        np.testing.assert_array_equal(again.page(name), made.page(name))
    assert again.to_bytes() == made.to_bytes()


def test_it_trains_like_any_images(tmp_path):
    collection().save(tmp_path / "mine.zip")
    data = own_dataset(tmp_path / "mine.zip").load()
    assert data.classes == ("star", "☂ umbrella") and data.shape == (28, 28, 1)


def test_edits_give_new_collections():
    made = collection()
    assert len(made) == 12
    assert made.without_symbol("star", 0).page("star").shape[0] == 5
    assert made.without_page("star").classes == ("☂ umbrella", "empty")
    assert made.renamed("star", "sun").classes == ("sun", "☂ umbrella", "empty")
    assert len(made.renamed("star", "sun").page("sun")) == 6
    assert len(made) == 12


@pytest.mark.parametrize("name", ["", "a/b", "..", "x" * 61, "c:d", "Star", "\0"])
def test_unfit_names(name):
    with pytest.raises(StudioError):
        collection().with_page(name)


def test_pages_without_drawings_are_kept(tmp_path):
    Symbols().with_page("one").with_page("two").save(tmp_path / "mine.zip")
    assert read_symbols(tmp_path / "mine.zip").classes == ("one", "two")
    (tmp_path / "no.zip").write_bytes(b"nothing")
    with pytest.raises(StudioError):
        read_symbols(tmp_path / "no.zip")
