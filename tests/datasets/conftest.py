"""Tables for the tests: write one and load it."""

from __future__ import annotations

import re

import pytest

from nnstudio.core import registry
from nnstudio.core.contracts import Dataset
from nnstudio.core.text import StudioError


@pytest.fixture
def load(tmp_path):
    """Write a table and load it."""

    def run(content, **values):
        path = tmp_path / "things.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        spec = registry.from_json(Dataset, {"type": "TableFile.v1", "path": str(path), **values})
        return spec.load()

    return run


@pytest.fixture
def fails(load):
    """Load what cannot be loaded, and give the sentence."""

    def run(content, **values):
        with pytest.raises(StudioError) as caught:
            load(content, **values)
        sentence = str(caught.value)
        assert sentence.endswith((".", "?"))
        assert "Traceback" not in sentence
        assert not re.search(r"[{}]", sentence)
        return sentence

    return run
