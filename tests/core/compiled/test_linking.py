"""Machine code is put into memory without its compiler, and only if it is whole."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import numpy as np
import pytest

from nnstudio.core.compiled import code_store, jit, linking
from nnstudio.engine import warm

pytestmark = pytest.mark.skipif(not code_store.usable(), reason="Linux on x86-64 only")


def stored(name):
    """Symbol and object file of a kernel."""
    head, _, code = (code_store.folder() / f"{name}.o").read_bytes().partition(b"\n")
    return head.decode().split(" ")[1], code


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """Everything is in the cache."""
    for _ in warm.compile_all():
        pass


def test_all_code_loads_in_a_fresh_process_without_the_compiler():
    code = (
        "import sys\n"
        "from nnstudio.engine import warm\n"
        "from nnstudio.core.compiled import jit\n"
        "for done, total in warm.compile_all(): pass\n"
        "assert done == total == len(jit.kernels) + len(warm.LOOPS)\n"
        "assert not jit.compiled, jit.compiled\n"
        "assert not {'numba', 'llvmlite'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert not done.returncode, done.stderr


@pytest.mark.parametrize("name", ["tanh.tanh_forward", "gelu.gelu_forward"])
def test_code_linked_here_computes_what_the_compiler_s_own_does(name):
    """The same bits as from the function that LLVM itself puts into memory."""
    x = np.linspace(-9, 9, 1001).astype(np.float32)
    given = jit.compiler().compile_kernel(jit._bound(jit.kernels[name].function))
    results = []
    for at in (given[0], linking.link(*reversed(stored(name)))):
        memory = np.concatenate([np.zeros(1, np.float32), x, np.zeros(2 * x.size, np.float32)])
        row = np.array([0, 1, 1 + x.size, 1], np.int64)  # opcode, x, y, numbers an example
        call = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 2, ctypes.c_int64, ctypes.c_void_p)(at)
        call(memory.ctypes.data, row.ctypes.data, x.size, None)
        results.append(memory)
    assert results[0].tobytes() == results[1].tobytes()
    assert np.count_nonzero(results[0][1 + x.size :]) > 500


@pytest.mark.parametrize("keep", [0, 10, 64, 300, 0.5, 0.9])
def test_a_cut_file_is_refused(keep):
    symbol, code = stored("dense.dense_forward")
    size = keep if isinstance(keep, int) else int(len(code) * keep)
    with pytest.raises(linking.Unlinkable):
        linking.link(code[:size], symbol)


def test_other_files_are_refused():
    symbol, code = stored("dense.dense_forward")
    with pytest.raises(linking.Unlinkable, match="no other"):
        linking.link(code, "other")
    with pytest.raises(linking.Unlinkable, match="x86-64"):
        linking.link(code[:18] + b"\xb7\x00" + code[20:], symbol)  # ARM's
    with pytest.raises(linking.Unlinkable, match="no no_such_function"):
        linking.external("no_such_function")


def test_what_is_damaged_or_of_other_source_is_not_loaded(tmp_path, monkeypatch):
    symbol, code = stored("tanh.tanh_forward")
    monkeypatch.setattr(code_store, "folder", lambda: tmp_path)
    assert code_store.load("tanh.tanh_forward") is None
    code_store.save("tanh.tanh_forward", symbol, code)
    assert code_store.load("tanh.tanh_forward")
    file = tmp_path / "tanh.tanh_forward.o"
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert code_store.load("tanh.tanh_forward") is None
    file.write_bytes(whole.replace(jit.source_stamp().encode(), b"0" * 16, 1))
    assert code_store.load("tanh.tanh_forward") is None
