"""The only file that imports Numba: compilation, and the few intrinsics that kernels need.

Imported late (see ``jit.py``). Everything here is private to compiled code.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import llvmlite.binding

from nnstudio.core.compiled import code_store, jit

# Before Numba is imported, which reads its configuration once.
os.environ.update(jit.numba_settings(llvmlite.binding.get_host_cpu_features))

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core.caching import _CacheLocator
from numba.core.datamodel import models
from numba.core.event import RecordingListener, install_recorder
from numba.extending import intrinsic, register_model

__all__ = ["RecordingListener", "np"]

#: Allowed liberties with float arithmetic. Never ``fastmath=True``: NaN and inf must stay visible.
SAFE_MATH = {"nsz", "arcp", "contract", "afn", "reassoc"}

SIGNATURE = types.void(
    types.CPointer(types.float32),
    types.CPointer(types.int64),
    types.int64,
    types.CPointer(types.int64),
)


class Locator(_CacheLocator):
    """Finds a function's cache by its name alone. The folder is of one source stamp, so the code
    is the same wherever the program is installed, and whatever the dates of its files."""

    def __init__(self, py_func: Any) -> None:
        self._name = f"{py_func.__module__}.{py_func.__qualname__}"

    def ensure_cache_path(self) -> None:
        """Nothing: a shipped cache may be read-only."""

    def get_cache_path(self) -> str:
        """The folder of all."""
        return os.environ["NUMBA_CACHE_DIR"]

    def get_source_stamp(self) -> str:
        """The same for all."""
        return jit.source_stamp()

    def get_disambiguator(self) -> str:
        """None is needed: names are unique."""
        return ""

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> Locator:
        """Every function of ours is cached."""
        return cls(py_func)


#: Address, symbol and object file of what was compiled; no file where Numba's own cache serves.
Compiled = tuple[int, str, bytes | None]


def compile_kernel(function: Callable[..., None]) -> Compiled:
    """Compile one kernel to a C function."""
    return _c_function(SIGNATURE, function)


def compile_device(function: Callable[..., Any], options: dict[str, Any]) -> Any:
    """Make a helper that kernels call; LLVM inlines it where it is used, and is made to where
    it is an elementary function: a loop that calls one is not vectorised."""
    strict = bool(options.get("strict"))
    flags = {"nsz", "contract"} if strict else SAFE_MATH
    return numba.njit(fastmath=flags, error_model="numpy", nogil=True, forceinline=strict)(function)


def compile_loop(function: Callable[..., Any], arguments: int) -> Compiled:
    """Compile a function of int64 arguments; called through ctypes it runs without the GIL."""
    return _c_function(types.int64(*[types.int64] * arguments), function)


_kept: list[Any] = []  # their code lives as long as they do


def _c_function(signature: Any, function: Callable[..., Any]) -> Compiled:
    stored = code_store.usable()
    made = numba.cfunc(signature, cache=not stored, fastmath=SAFE_MATH, error_model="numpy")(
        function
    )
    _kept.append(made)
    if not made.cache_hits:
        jit.compiled.append(function.__qualname__)
    code = made._library._get_compiled_object() if stored else None
    return int(made.address), str(made.native_name), code


def record_compilation() -> Any:
    """A context that records every compiler pass run inside it (none runs after warm-up)."""
    return install_recorder("numba:run_pass")


# --- addresses and bits -------------------------------------------------------------------------


@intrinsic
def call_kernel(typingctx, address, memory, row, n, state):  # type: ignore[no-untyped-def]
    """Call the kernel at an address; ``row`` is an address too."""
    pointer = types.CPointer(types.float32)
    integers = types.CPointer(types.int64)
    signature = types.void(types.int64, pointer, integers, types.int64, integers)

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        target, mem, line, count, st = args
        kind = ir.FunctionType(ir.VoidType(), [mem.type, line.type, count.type, st.type])
        builder.call(builder.inttoptr(target, kind.as_pointer()), [mem, line, count, st])
        return context.get_dummy_value()

    return signature, codegen


def _reinterpret(numba_type: Any) -> Any:
    """An intrinsic that takes an int64 address as a pointer to ``numba_type``."""

    @intrinsic
    def at(typingctx, address):  # type: ignore[no-untyped-def]
        pointer = types.CPointer(numba_type)

        def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
            return builder.inttoptr(args[0], context.get_value_type(pointer))

        return pointer(types.int64), codegen

    return at


floats_at = _reinterpret(types.float32)
bytes_at = _reinterpret(types.uint8)
integers_at = _reinterpret(types.int64)


@intrinsic
def bits_of(typingctx, value):  # type: ignore[no-untyped-def]
    """The bits of a float32 as int32."""

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        return builder.bitcast(args[0], ir.IntType(32))

    return types.int32(types.float32), codegen


@intrinsic
def float_of(typingctx, bits):  # type: ignore[no-untyped-def]
    """The float32 with the given int32 bits."""

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        return builder.bitcast(args[0], ir.FloatType())

    return types.float32(types.int32), codegen


# --- atomics, for the barrier between threads ---------------------------------------------------


@intrinsic
def atomic_add(typingctx, pointer, index, amount):  # type: ignore[no-untyped-def]
    """Add to ``pointer[index]`` (int64) atomically; gives the value before."""
    signature = types.int64(types.CPointer(types.int64), types.int64, types.int64)

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        base, offset, value = args
        place = builder.gep(base, [offset])
        return builder.atomic_rmw("add", place, value, ordering="seq_cst")

    return signature, codegen


@intrinsic
def atomic_load(typingctx, pointer, index):  # type: ignore[no-untyped-def]
    """Read ``pointer[index]`` (int64) with everything written before it visible."""
    signature = types.int64(types.CPointer(types.int64), types.int64)

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        place = builder.gep(args[0], [args[1]])
        return builder.load_atomic(place, ordering="seq_cst", align=8)

    return signature, codegen


@intrinsic
def atomic_store(typingctx, pointer, index, value):  # type: ignore[no-untyped-def]
    """Write ``pointer[index]`` (int64) with everything written before it visible."""
    signature = types.void(types.CPointer(types.int64), types.int64, types.int64)

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        place = builder.gep(args[0], [args[1]])
        builder.store_atomic(args[2], place, ordering="seq_cst", align=8)
        return context.get_dummy_value()

    return signature, codegen


@intrinsic
def call_void(typingctx, address):  # type: ignore[no-untyped-def]
    """Call a C function without arguments by its address (the system's "yield the processor")."""
    signature = types.void(types.int64)

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        kind = ir.FunctionType(ir.IntType(32), [])
        builder.call(builder.inttoptr(args[0], kind.as_pointer()), [])
        return context.get_dummy_value()

    return signature, codegen


# --- eight lanes --------------------------------------------------------------------------------


class Lanes(types.Type):
    """Eight float32 values in one vector register (two where the CPU has only SSE)."""

    def __init__(self) -> None:
        super().__init__("float32x8")


lanes = Lanes()
_vector = ir.VectorType(ir.FloatType(), 8)


@register_model(Lanes)
class LanesModel(models.PrimitiveModel):
    """How Numba stores eight lanes."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _vector)


@intrinsic
def load8(typingctx, pointer, offset):  # type: ignore[no-untyped-def]
    """Read eight floats from an offset, aligned or not."""

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        place = builder.bitcast(builder.gep(args[0], [args[1]]), _vector.as_pointer())
        return builder.load(place, align=4)

    return lanes(types.CPointer(types.float32), types.int64), codegen


@intrinsic
def store8(typingctx, pointer, offset, value):  # type: ignore[no-untyped-def]
    """Write eight floats at an offset, aligned or not."""

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        place = builder.bitcast(builder.gep(args[0], [args[1]]), _vector.as_pointer())
        builder.store(args[2], place, align=4)
        return context.get_dummy_value()

    return types.void(types.CPointer(types.float32), types.int64, lanes), codegen


@intrinsic
def splat8(typingctx, value):  # type: ignore[no-untyped-def]
    """Eight copies of one float."""

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        undefined = ir.Constant(_vector, ir.Undefined)
        first = builder.insert_element(undefined, args[0], ir.Constant(ir.IntType(32), 0))
        mask = ir.Constant(ir.VectorType(ir.IntType(32), 8), [0] * 8)
        return builder.shuffle_vector(first, undefined, mask)

    return lanes(types.float32), codegen


@intrinsic
def zero8(typingctx):  # type: ignore[no-untyped-def]
    """Eight zeros."""

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        return ir.Constant(_vector, [0.0] * 8)

    return lanes(), codegen


@intrinsic
def fma8(typingctx, a, b, c):  # type: ignore[no-untyped-def]
    """``a * b + c`` in each lane."""

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        product = builder.fmul(args[0], args[1], flags=("contract",))
        return builder.fadd(product, args[2], flags=("contract",))

    return lanes(lanes, lanes, lanes), codegen


@intrinsic
def add8(typingctx, a, b):  # type: ignore[no-untyped-def]
    """``a + b`` in each lane."""

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        return builder.fadd(args[0], args[1])

    return lanes(lanes, lanes), codegen


@intrinsic
def greater8(typingctx, a, b, yes, no):  # type: ignore[no-untyped-def]
    """In each lane ``yes`` where ``a`` > ``b`` or ``a`` is NaN, else ``no``."""

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        a, b, yes, no = args
        above = builder.or_(builder.fcmp_ordered(">", a, b), builder.fcmp_unordered("uno", a, a))
        return builder.select(above, yes, no)

    return lanes(lanes, lanes, lanes, lanes), codegen


@intrinsic
def equal8(typingctx, a, b, yes, no):  # type: ignore[no-untyped-def]
    """In each lane ``yes`` where ``a`` = ``b``, else ``no``."""

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        return builder.select(builder.fcmp_ordered("==", args[0], args[1]), args[2], args[3])

    return lanes(lanes, lanes, lanes, lanes), codegen


@intrinsic
def lane8(typingctx, value, index):  # type: ignore[no-untyped-def]
    """One lane as a float."""

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        return builder.extract_element(args[0], args[1])

    return types.float32(lanes, types.int64), codegen


@intrinsic
def transpose8(typingctx, pointer, source, source_stride, target, target_stride):  # type: ignore[no-untyped-def]
    """Copy an 8x8 block of ``pointer`` transposed, in registers: 24 shuffles, no scalar moves."""

    def codegen(context, builder, sig, args):  # type: ignore[no-untyped-def]
        base, src, src_stride, dst, dst_stride = args
        word = ir.IntType(32)

        def place(offset, stride, number):  # type: ignore[no-untyped-def]
            at = builder.add(offset, builder.mul(stride, ir.Constant(stride.type, number)))
            return builder.bitcast(builder.gep(base, [at]), _vector.as_pointer())

        def shuffle(a, b, order):  # type: ignore[no-untyped-def]
            mask = ir.Constant(ir.VectorType(word, 8), order)
            return builder.shuffle_vector(a, b, mask)

        rows = [builder.load(place(src, src_stride, i), align=4) for i in range(8)]
        low, high = [0, 8, 1, 9, 4, 12, 5, 13], [2, 10, 3, 11, 6, 14, 7, 15]
        pairs = [
            shuffle(rows[i], rows[i + 1], order) for i in (0, 2, 4, 6) for order in (low, high)
        ]
        first, second = [0, 1, 8, 9, 4, 5, 12, 13], [2, 3, 10, 11, 6, 7, 14, 15]
        quads = [
            shuffle(pairs[i], pairs[i + 2], order)
            for i in (0, 1, 4, 5)
            for order in (first, second)
        ]
        left, right = [0, 1, 2, 3, 8, 9, 10, 11], [4, 5, 6, 7, 12, 13, 14, 15]
        columns = [shuffle(quads[i], quads[i + 4], left) for i in range(4)]
        columns += [shuffle(quads[i], quads[i + 4], right) for i in range(4)]
        for i, column in enumerate(columns):
            builder.store(column, place(dst, dst_stride, i), align=4)
        return context.get_dummy_value()

    pointer_type = types.CPointer(types.float32)
    return types.void(pointer_type, *[types.int64] * 4), codegen
