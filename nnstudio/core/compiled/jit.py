"""Compiled code, lazily: declared at import, compiled or loaded from cache at first use.

Layer files declare kernels with ``@kernel``; nothing here imports Numba until something has to be
compiled. What has been compiled before is loaded by ``code_store.py`` as it is, without Numba (a
second and 150 MB) and in half a millisecond each. ``native.py`` is the only file that imports
Numba; names of its intrinsics are declared below and bound late.

A kernel is a C function ``void(float* memory, int64* row, int64 n, int64* state)``:

- ``memory``: the arena, one float32 array that holds everything;
- ``row``: its line of the tape, ``row[0]`` the opcode, then offsets into ``memory`` and sizes;
- ``n``: how many examples this shard has in this step (may be 0);
- ``state``: the run's integers, see ``engine/state.py``.

Kernels cannot raise. What they do is written in float32, vectorisable, and free of Python objects.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import platform
import sys
import types
from collections.abc import Callable, Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from nnstudio.core.text import StudioError, mark

kernels: dict[str, Kernel] = {}
#: What this process has had to compile.
compiled: list[str] = []


class Late:
    """A name of ``native.py`` that is looked up when a kernel that uses it is compiled."""

    def __init__(self, name: str) -> None:
        self.name = name

    def resolve(self) -> Any:
        """The intrinsic itself; imports Numba."""
        return getattr(compiler(), self.name)

    def __call__(self, *args: Any) -> Any:
        """Refuse: only compiled code can call it."""
        raise TypeError(f"{self.name} works only inside compiled kernels")


# Reinterpretation between float32 and int32 bits, and int64 addresses as pointers.
bits_of: Any = Late("bits_of")
float_of: Any = Late("float_of")
floats_at: Any = Late("floats_at")
bytes_at: Any = Late("bytes_at")
integers_at: Any = Late("integers_at")
# Eight float32 lanes at a time, for shapes too small for a BLAS call.
load8: Any = Late("load8")
store8: Any = Late("store8")
splat8: Any = Late("splat8")
zero8: Any = Late("zero8")
fma8: Any = Late("fma8")
add8: Any = Late("add8")
greater8: Any = Late("greater8")
equal8: Any = Late("equal8")
lane8: Any = Late("lane8")
transpose8: Any = Late("transpose8")
# For the virtual machine: calls by address, and atomics between its threads.
call_kernel: Any = Late("call_kernel")
call_void: Any = Late("call_void")
atomic_add: Any = Late("atomic_add")
atomic_load: Any = Late("atomic_load")
atomic_store: Any = Late("atomic_store")


def _bound(function: Callable[..., Any]) -> types.FunctionType:
    """A copy of a function whose late names are bound to compiled ones."""
    names = dict(function.__globals__)
    for name in function.__code__.co_names:
        value = names.get(name)
        if isinstance(value, (Late, Device)):
            names[name] = value.resolve()
    bound = types.FunctionType(
        function.__code__, names, function.__name__, function.__defaults__, function.__closure__
    )
    bound.__qualname__ = function.__qualname__
    bound.__module__ = function.__module__
    return bound


class Device:
    """A helper that kernels call, such as ``tanh``; also callable from Python, for tests."""

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        self.function = function
        self.options = options
        self._compiled: Any = None
        self.__doc__ = function.__doc__

    def resolve(self) -> Any:
        """The compiled helper; imports Numba."""
        if self._compiled is None:
            self._compiled = compiler().compile_device(_bound(self.function), self.options)
        return self._compiled

    def __call__(self, *args: Any) -> Any:
        """Call the compiled helper from Python."""
        return self.resolve()(*args)


def device(function: Callable[..., Any]) -> Device:
    """Declare a helper, inlined into the kernels that call it."""
    return Device(function, {})


def strict_device(function: Callable[..., Any]) -> Device:
    """Declare a helper whose float operations keep their order (error-compensated arithmetic)."""
    return Device(function, {"strict": True})


class Kernel:
    """One compiled operation of the tape."""

    def __init__(self, function: Callable[..., None]) -> None:
        self.function = function
        self.name = f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}"
        self.__doc__ = function.__doc__
        self._address: int | None = None

    @property
    def address(self) -> int:
        """The address of the machine code; compiles it, or loads what was, at first use."""
        if self._address is None:
            self._address = _code(self.name, self.function, "compile_kernel")
        return self._address

    @property
    def ready(self) -> bool:
        """Whether the machine code is loaded, so that ``address`` costs nothing."""
        return self._address is not None


def _code(name: str, function: Callable[..., Any], how: str, *arguments: Any) -> int:
    """The address of a function's machine code: stored, or else compiled now and stored."""
    from nnstudio.core.compiled import code_store

    at = code_store.load(name)
    if at is None:
        native = compiler()
        at, symbol, code = getattr(native, how)(_bound(function), *arguments)
        if code is not None:
            code_store.save(name, symbol, code)
    return int(at)


def compiler() -> Any:
    """``native.py``; an installed program may have come without it, complete as it is."""
    try:
        from nnstudio.core.compiled import native
    except ModuleNotFoundError as error:
        raise StudioError(
            mark("A part of the program is missing or damaged ({name}). Install it again."),
            name=error.name or "numba",
        ) from error
    return native


def kernel(function: Callable[..., None]) -> Kernel:
    """Declare a kernel (see the module's text for its arguments)."""
    made = Kernel(function)
    if made.name in kernels:
        raise ValueError(f"two kernels are called {made.name}")
    kernels[made.name] = made
    return made


@cache
def source_stamp() -> str:
    """A hash of all source that compiled code depends on, and of the versions of its compiler.

    Numba's own cache notices a change only in the file that holds the function, not in the helpers
    it calls, so the cache folder is named by this stamp.
    """
    from importlib.metadata import version

    package = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for name in ("numba", "llvmlite", "numpy"):
        digest.update(f"{name}{version(name)}".encode())
    for path in sorted(package.rglob("*.py")):
        if "app" not in path.parts:
            content = path.read_bytes()
            if b"jit import" in content or path.name in ("jit.py", "native.py"):
                digest.update(content)
    return digest.hexdigest()[:16]


def level_of(features: Collection[str]) -> str:
    """The level of x86-64 that code is compiled for where it must run on other machines too."""
    needed = {"avx2", "fma", "bmi", "bmi2", "f16c", "lzcnt", "movbe"}
    return "x86-64-v3" if needed <= set(features) else "x86-64"


def host_features() -> dict[str, bool]:
    """What this processor can do, by LLVM's names as far as ``level_of`` asks for them, without
    LLVM; Linux only."""
    names = {"bmi1": "bmi", "abm": "lzcnt"}
    with contextlib.suppress(OSError), Path("/proc/cpuinfo").open() as file:
        for line in file:
            key, _, value = line.partition(":")
            if key.strip() in ("flags", "Features"):
                return {names.get(name, name): True for name in value.split()}
    return {}


def numba_settings(cpu_features: Callable[[], Mapping[str, bool]]) -> dict[str, str]:
    """What Numba must know before it is imported: where compiled code is, and for which processor.

    An installed program (``sys.frozen``) compiles for the level that its shipped code is for, and
    reads that; otherwise code is for this very processor, in the user's own cache. What the
    environment says already holds.
    """
    found = {"NUMBA_CACHE_LOCATOR_CLASSES": "nnstudio.core.compiled.native.Locator"}
    level = "native"
    if getattr(sys, "frozen", False) and platform.machine().lower() in ("x86_64", "amd64"):
        features = [name for name, there in cpu_features().items() if there]
        level = os.environ.get("NUMBA_CPU_NAME", level_of(features))
        found |= {"NUMBA_CPU_NAME": level, "NUMBA_CPU_FEATURES": ""}
    if not os.environ.get("NUMBA_CACHE_DIR"):  # empty means nothing, not the present folder
        found["NUMBA_CACHE_DIR"] = str(shipped_folder(level) or cache_folder(level))
    return found


@cache
def settle() -> None:
    """Put these settings in the environment, once, before compiled code is first asked for."""
    if sys.platform == "linux":
        os.environ.update(numba_settings(host_features))
    else:
        compiler()  # does so itself, for it can ask LLVM


def shipped_folder(level: str) -> Path | None:
    """The compiled code that an installed program brings for a level, if it brings any that is
    complete and of this very source. It is only read, so the program may be installed read-only."""
    folder = Path(__file__).resolve().parents[2] / "compiled" / level
    stamp = folder / "stamp"
    try:
        fresh = stamp.read_text() == source_stamp()
    except OSError:
        return None
    return folder if fresh else None


def cache_folder(level: str = "native") -> Path:
    """Where compiled code is kept: a private folder of this user, one for each source stamp.

    ``level`` is what it is compiled for: this very processor, or a level that many share. Cache
    files hold machine code and pickles, so a folder that others could write to is never used: if
    the user's own cache cannot be written, a private temporary folder serves.
    """
    import tempfile

    from platformdirs import user_cache_path

    folder = user_cache_path("nnstudio", appauthor=False) / "compiled" / source_stamp()
    if level != "native":
        folder /= level
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".write-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="nnstudio-compiled-"))
    return folder


class Loop:
    """A compiled function that Python calls with int64 arguments and that runs without the GIL."""

    def __init__(self, function: Callable[..., int], arguments: int) -> None:
        self.function = function
        self.arguments = arguments
        self.name = f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}"
        self.__doc__ = function.__doc__
        self._call: Any = None

    def load(self) -> Any:
        """The compiled function; compiles it, or loads what was, at first use."""
        if self._call is None:
            at = _code(self.name, self.function, "compile_loop", self.arguments)
            word = ctypes.c_int64
            self._call = ctypes.CFUNCTYPE(word, *[word] * self.arguments)(at)
        return self._call

    def __call__(self, *args: int) -> int:
        """Call the compiled function."""
        return int((self._call or self.load())(*args))


def loop(arguments: int) -> Callable[[Callable[..., int]], Loop]:
    """Declare a function of so many int64 arguments that gives an int64."""

    def declare(function: Callable[..., int]) -> Loop:
        return Loop(function, arguments)

    return declare
