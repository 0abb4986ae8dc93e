"""Which characters the bytes of a text stand for, and the text as UTF-8, a piece at a time."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nnstudio.core.sources.watching import progress
from nnstudio.core.text import StudioError, mark

#: Bytes read at a time.
PIECE = 4_000_000

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HIGH = re.compile(rb"[\x80-\xff]+")
_SEQUENCE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]+")


@dataclass(frozen=True)
class TextFile:
    """A text: where it is, its encoding, and how many bytes of a mark come before it."""

    path: Path
    name: str
    size: int
    encoding: str
    skip: int = 0

    def pieces(self, most: int = 0) -> Iterator[bytes]:
        """The text as UTF-8 in pieces of some megabytes; ``most`` bytes of the file at most.

        Raises ``StudioError`` at a character that is of another encoding.
        """
        decoder = (
            None if self.encoding == "utf-8" else codecs.getincrementaldecoder(self.encoding)()
        )
        done = 0
        with self.path.open("rb") as file:
            file.seek(self.skip)
            while raw := file.read(min(PIECE, most - done) if most else PIECE):
                done += len(raw)
                if decoder is None:
                    yield raw
                else:
                    try:
                        yield decoder.decode(raw).encode("utf-8", "surrogatepass")
                    except UnicodeError:
                        raise _mixed(self.name, None) from None
                if most and done >= most:
                    return


def find_encoding(path: Path, name: str, size: int, most: int = 0) -> TextFile:
    """Find out a file's encoding: by its mark, else UTF-8 if it is, else GB 18030 or Windows-1252
    by how its bytes pair. Looks at ``most`` bytes, or at all.

    Raises ``StudioError`` for what is no text, and for text of mixed encodings.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    high: list[bytes] = []
    failed_line = 0
    lines = done = 0
    with path.open("rb") as file:
        head = file.read(4096)
        for start, encoding in _MARKS:
            if head.startswith(start) and encoding != "utf-8":
                return TextFile(path, name, size, encoding, len(start))
        bare = unmarked_utf16(head)
        if bare:
            return TextFile(path, name, size, bare)
        skip = 3 if head.startswith(codecs.BOM_UTF8) else 0
        file.seek(skip)
        while raw := file.read(min(PIECE, most - done) if most else PIECE):
            done += len(raw)
            if b"\0" in raw:
                raise StudioError(
                    mark("“{name}” is not a text file. Choose a table saved as “CSV UTF-8”."),
                    name=name,
                )
            if not raw.isascii() and sum(map(len, high)) < 1_000_000:
                high.append(raw[:1_000_000])
            if not failed_line:
                try:
                    decoder.decode(raw)
                except UnicodeDecodeError as error:
                    failed_line = lines + raw.count(b"\n", 0, error.start) + 1
            lines += raw.count(b"\n")
            progress(0.2 * done / max(size, 1))
            if most and done >= most:
                break
    if not failed_line:
        return TextFile(path, name, size, "utf-8", skip)
    if skip or (_SEQUENCE.search(b"".join(high)) and _is_mostly_utf8(b"".join(high))):
        raise _mixed(name, failed_line)
    return TextFile(path, name, size, _of_pairs(b"".join(high)))


def unmarked_utf16(head: bytes) -> str:
    """``"utf-16-le"`` or ``"utf-16-be"`` if a file begins as mostly Latin text in it does, without
    a mark; else empty."""
    part = head[: min(len(head), 4096) // 2 * 2]
    if len(part) < 8:
        return ""
    for encoding, upper in (("utf-16-le", part[1::2]), ("utf-16-be", part[::2])):
        if upper.count(0) > 0.6 * len(upper):
            text = part.decode(encoding, "ignore")
            if all(letter >= " " or letter in "\t\r\n" for letter in text):
                return encoding
    return ""


def _is_mostly_utf8(text: bytes) -> bool:
    """Whether most runs of high bytes are whole UTF-8 characters."""
    runs = _HIGH.findall(text)
    good = 0
    for run in runs:
        try:
            run.decode("utf-8")
            good += 1
        except UnicodeDecodeError:
            pass
    return good * 2 >= len(runs)


def _of_pairs(text: bytes) -> str:
    """GB 18030 if high bytes come in pairs, Windows-1252 if they stand alone."""
    runs = _HIGH.findall(text)
    paired = sum(len(run) % 2 == 0 and min(run) >= 0xA1 for run in runs)
    if paired * 10 >= 8 * len(runs):
        try:
            text[: len(text) - len(text) % 2].decode("gb18030", "strict")
            return "gb18030"
        except UnicodeDecodeError as error:
            if error.start > len(text) - 8:
                return "gb18030"
    return "cp1252" if not re.search(rb"[\x81\x8d\x8f\x90\x9d]", text) else "latin-1"


def _mixed(name: str, line: int | None) -> StudioError:
    if line is None:
        return StudioError(
            mark("“{name}” holds characters in several encodings. Save it as “CSV UTF-8”."),
            name=name,
        )
    return StudioError(
        mark(
            "“{name}” is UTF-8 text, but line {line} holds a character in another encoding. "
            "Save it as “CSV UTF-8” and open that."
        ),
        name=name,
        line=line,
    )
