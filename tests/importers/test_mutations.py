"""Damaged and hostile sources and files end in our own error, quickly."""

from __future__ import annotations

import random
import time

import pytest

from nnstudio.core.exchange.importing import read_content
from nnstudio.core.text import StudioError
from nnstudio.exporters.keras_source import KerasSource
from tests.exporters.models import trained
from tests.exporters.random_networks import random_network
from tests.importers.test_keras_source import CLASSIC

TOKENS = [b"(", b")", b"[", b"]", b",", b"=", b"-1", b"0", b"None", b"True", b"1e400", b"10**9",
          b"'", b"\n", b"    ", b"*", b"**", b"lambda x:", b"for i in range(99):", b"model",
          b"layers.Dense", b"Input", b"\xff", b"\x00", b"x", b".", b":", b"{}", b"999999999999",
          b"(None,)", b"nan", b"'same'", b"def f():", b"return", b"f()"]  # fmt: skip


def mutated(content: bytes, rng: random.Random) -> bytes:
    """The content with a few bytes, tokens or stretches changed."""
    made = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(made) + 1)
        end = min(len(made), at + rng.choice([0, 1, 1, 3, 20, 200]))
        match rng.randrange(5):
            case 0:
                made[at:end] = rng.randbytes(rng.randint(0, 4))
            case 1:
                made[at:end] = b""
            case 2:
                made[at:at] = rng.choice(TOKENS)
            case 3:
                made[at:end] = rng.choice(TOKENS)
            case 4:
                other = rng.randrange(len(made) + 1)
                made[at:at] = made[other : other + rng.randint(1, 60)]
    return bytes(made)


def survive(content: bytes, name: str) -> None:
    """Read it: a sound network or our own error, within two seconds."""
    began = time.process_time()
    try:
        read_content(content, name).network.check()
    except StudioError as error:
        assert str(error)
    assert time.process_time() - began < 2


def sources() -> list[bytes]:
    """Texts to begin from."""
    made = [KerasSource().source(trained(random_network(s)), "m").encode() for s in range(4)]
    return [CLASSIC.encode(), *made]


@pytest.mark.parametrize("seed", range(5))
def test_mutated_keras_source(seed):
    rng = random.Random(seed)
    texts = sources()
    for _ in range(60):
        survive(mutated(rng.choice(texts), rng), "model.py")
