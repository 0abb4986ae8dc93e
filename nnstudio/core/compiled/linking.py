"""A linker for the object files that Numba makes: machine code into memory, without its compiler.

To load a function from its cache Numba first loads all of itself and LLVM: over a second and
150 MB, more than everything else in the window. The code itself is 8 kB. So it is put in place
here, by the ELF specification and the x86-64 psABI: sections of code and of constants, and the
few kinds of relocations that these files have. Whatever else a file may hold is refused with
``Unlinkable``, and Numba has to see to it.
"""

from __future__ import annotations

import ctypes
import mmap
import struct
from dataclasses import dataclass
from functools import cache
from typing import Any

RELOCATABLE, X86_64 = 1, 62
SYMBOLS, RELOCATIONS, ZEROS, UNWINDING = 2, 4, 8, 0x70000001
ALLOCATED, EXECUTABLE = 2, 4
UNDEFINED, ABSOLUTE, COMMON, LARGE_COMMON = 0, 0xFFF1, 0xFFF2, 0xFF02
ADDRESS_64, RELATIVE_32, CALL_32, RELATIVE_64 = 1, 2, 4, 24
#: What code calls only in order to report an exception, and kernels cannot raise any.
NEVER_CALLED = {
    "NRT_Free", "numba_do_raise", "numba_gil_ensure", "numba_gil_release",
    "numba_runtime_build_excinfo_struct", "numba_unpickle",
}  # fmt: skip


class Unlinkable(Exception):
    """An object file that holds something this linker does not know."""


@dataclass
class _Section:
    name: str
    kind: int
    flags: int
    offset: int
    size: int
    link: int
    target: int  # of relocations: the section they are for
    align: int
    at: int = 0  # where it is in memory


def link(content: bytes, symbol: str) -> int:
    """The address of a function of an object file, now in memory for good."""
    try:
        return _link(content, symbol)
    except (struct.error, IndexError, UnicodeDecodeError, ValueError) as error:
        raise Unlinkable(f"no sound object file: {error}") from error


def _link(content: bytes, symbol: str) -> int:
    sections = _sections(content)
    table = next((s for s in sections if s.kind == SYMBOLS), None)
    if table is None:
        raise Unlinkable("no symbols")
    symbols = list(struct.iter_unpack("<IBBHQQ", _bytes(content, table)))
    names = _bytes(content, sections[table.link])

    loaded = [s for s in sections if s.flags & ALLOCATED and s.size and not _unwinds(s)]
    code = [s for s in loaded if s.flags & EXECUTABLE]
    data = [s for s in loaded if not s.flags & EXECUTABLE]
    code_size = _pages(_lay_out(code, 0))
    common: dict[int, int] = {}
    end = _lay_out(data, code_size)
    for number, (_, _, _, section, align, size) in enumerate(symbols):
        if section in (COMMON, LARGE_COMMON):
            end = -(-end // max(1, align)) * max(1, align)
            common[number] = end
            end += size

    image = bytearray(_pages(end))
    for part in loaded:
        if part.kind != ZEROS:
            image[part.at : part.at + part.size] = _bytes(content, part)
    base = _reserve(len(image))

    def value(number: int) -> int:
        name, _, _, section, offset, _ = symbols[number]
        if section == UNDEFINED:
            return external(_text(names, name)) if name else 0
        if section == ABSOLUTE:
            return int(offset)
        if number in common:
            return base + common[number]
        if section >= len(sections) or sections[section] not in loaded:
            raise Unlinkable(f"a symbol in section {section}")
        return base + sections[section].at + int(offset)

    for part in sections:
        if part.kind == RELOCATIONS and sections[part.target] in loaded:
            _relocate(image, base, sections[part.target].at, _bytes(content, part), value)

    wanted = [n for n, entry in enumerate(symbols) if entry[0] and _text(names, entry[0]) == symbol]
    if not wanted:
        raise Unlinkable(f"no {symbol}")
    _place(base, bytes(image), code_size)
    return value(wanted[0])


def _sections(content: bytes) -> list[_Section]:
    kind, machine = struct.unpack_from("<HH", content, 16)
    if content[:6] != b"\x7fELF\x02\x01" or (kind, machine) != (RELOCATABLE, X86_64):
        raise Unlinkable("not an object file of x86-64")
    (table,) = struct.unpack_from("<Q", content, 40)
    size, count, names = struct.unpack_from("<HHH", content, 58)
    found = []
    for number in range(count):
        name, kind, flags, _, offset, length, link, info, align, _ = struct.unpack_from(
            "<IIQQQQIIQQ", content, table + number * size
        )
        found.append(_Section(str(name), kind, flags, offset, length, link, info, max(1, align)))
    text = _bytes(content, found[names])
    for section in found:
        section.name = _text(text, int(section.name))
    return found


def _bytes(content: bytes, section: _Section) -> bytes:
    part = content[section.offset : section.offset + section.size]
    if len(part) != section.size:
        raise Unlinkable("it is cut off")
    return part


def _text(names: bytes, at: int) -> str:
    return names[at : names.index(b"\0", at)].decode()


def _unwinds(section: _Section) -> bool:
    """Tables for C++ exceptions: nothing is thrown through a kernel."""
    return section.kind == UNWINDING or section.name == ".eh_frame"


def _lay_out(sections: list[_Section], end: int) -> int:
    for section in sections:
        section.at = -(-end // section.align) * section.align
        end = section.at + section.size
    return end


def _pages(size: int) -> int:
    return max(1, -(-size // mmap.PAGESIZE)) * mmap.PAGESIZE


def _relocate(image: bytearray, base: int, at: int, entries: bytes, value: Any) -> None:
    for offset, info, addend in struct.iter_unpack("<QQq", entries):
        kind, target = info & 0xFFFFFFFF, value(info >> 32) + addend
        place = at + offset
        if kind == ADDRESS_64:
            struct.pack_into("<Q", image, place, target & 0xFFFFFFFFFFFFFFFF)
        elif kind == RELATIVE_64:
            struct.pack_into("<q", image, place, target - base - place)
        elif kind in (RELATIVE_32, CALL_32):
            struct.pack_into("<i", image, place, target - base - place)  # struct.error: too far
        else:
            raise Unlinkable(f"relocation {kind}")


# --- memory and the symbols of this process -----------------------------------------------------


@cache
def _libc() -> Any:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    return libc


def _reserve(size: int) -> int:
    """Memory of our own. Never given back: a thread may run in it until the process is gone."""
    readable = mmap.PROT_READ | mmap.PROT_WRITE
    at = _libc().mmap(None, size, readable, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
    if at in (None, ctypes.c_void_p(-1).value):
        raise Unlinkable("no memory")
    return int(at)


def _place(base: int, image: bytes, code_size: int) -> None:
    """Fill it, and let code be run but no longer be written."""
    ctypes.memmove(base, image, len(image))
    if _libc().mprotect(base, code_size, mmap.PROT_READ | mmap.PROT_EXEC):
        raise Unlinkable("this system does not let a program make code")


@cache
def external(name: str) -> int:
    """The address of a function or variable of Python or the C library."""
    wanted = "abort" if name in NEVER_CALLED else name
    for library in (ctypes.pythonapi, _libc(), *_maths()):
        try:
            return ctypes.addressof(ctypes.c_char.in_dll(library, wanted))
        except ValueError:
            continue
    raise Unlinkable(f"no {name}")


@cache
def _maths() -> tuple[Any, ...]:
    try:
        return (ctypes.CDLL("libm.so.6"),)
    except OSError:
        return ()
