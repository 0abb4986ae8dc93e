"""Read delimited text (CSV): from a path to rows of cells, with the line each row begins on.

Trusts nothing: size is bounded, and whatever is not a table of UTF-8 text is refused in words.
"""

from __future__ import annotations

import csv
import io
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nnstudio.core.text import StudioError, mark

#: The largest file that is read.
MOST_BYTES = 200_000_000
DELIMITERS = (",", ";", "\t")
#: How much of a file decides on the delimiter.
SNIFF_BYTES, SNIFF_ROWS = 65_536, 20


@dataclass(frozen=True)
class Delimited:
    """The text of a table (UTF-8, perhaps with a byte order mark) and what separates its cells.

    ``partial`` says that only the beginning of the file was read.
    """

    name: str
    raw: bytes
    delimiter: str
    partial: bool = False

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line number (from 1) and cells of each row that is not blank.

        Raises ``StudioError`` where quotation marks do not match.
        """
        lines = io.TextIOWrapper(io.BytesIO(self.raw), encoding="utf-8-sig", newline="")
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True, skipinitialspace=True)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                if self.partial:  # the cut may have gone through a quoted cell
                    return
                raise StudioError(
                    mark(
                        "Line {line} of {name} cannot be read: a quotation mark is missing or out "
                        "of place, or a cell is far too long. Correct that line."
                    ),
                    line=line,
                    name=self.name,
                ) from None
            if any(cells) and (len(cells) > 1 or cells[0].strip()):
                yield line, cells


def open_delimited(path: str | Path, most: int | None = None) -> Delimited:
    """Read a file, or only about its first ``most`` bytes, and find its delimiter.

    Raises ``StudioError`` if it is missing, a folder, too large, empty, or not UTF-8 text.
    """
    name, raw, partial = _read(path, most)
    _check_text(name, raw)
    return Delimited(name, raw, sniff_delimiter(raw), partial)


def _read(path: str | Path, most: int | None) -> tuple[str, bytes, bool]:
    """The file's name, its bytes up to a line's end, and whether that is only a part."""
    if not str(path).strip():
        raise StudioError(mark("No table is chosen yet. Open a CSV file."))
    name = Path(path).name or str(path)
    try:
        place = Path(path).expanduser()
        status = place.stat()
        if stat.S_ISDIR(status.st_mode):
            raise StudioError(mark("“{name}” is a folder. Choose a CSV file inside it."), name=name)
        if not stat.S_ISREG(status.st_mode):
            raise StudioError(
                mark("“{name}” is a device, not a file. Choose a CSV file."), name=name
            )
        with place.open("rb") as file:
            raw = file.read(min(most or MOST_BYTES, MOST_BYTES) + 1)
    except FileNotFoundError:
        raise StudioError(
            mark("The file “{name}” does not exist. Has it been moved or renamed? Open it again."),
            name=str(path),
        ) from None
    except PermissionError:
        raise StudioError(
            mark("“{name}” may not be read. Ask its owner, or copy it to your own folder."),
            name=name,
        ) from None
    except (OSError, ValueError, RuntimeError, MemoryError):
        raise StudioError(
            mark("“{name}” cannot be read. Copy it to this computer and open it from there."),
            name=name[:200],
        ) from None
    if len(raw) > MOST_BYTES:
        raise StudioError(
            mark(
                "{name} is larger than {most} MB, the most that a table may have. Use fewer rows."
            ),
            name=name,
            most=MOST_BYTES // 1_000_000,
        )
    partial = most is not None and len(raw) > most
    if partial:
        raw = raw[: raw.rfind(b"\n") + 1] or raw.decode("utf-8", "ignore").encode()
    return name, raw, partial


def _check_text(name: str, raw: bytes) -> None:
    """Raise ``StudioError`` unless the bytes are UTF-8 text with something in it."""
    if not raw.removeprefix(b"\xef\xbb\xbf").strip():
        raise StudioError(
            mark(
                "{name} is empty. A table has a line of column names and a line for each example."
            ),
            name=name,
        )
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise StudioError(
            mark("{name} is a workbook or an archive. Save the table in it as “CSV UTF-8”."),
            name=name,
        )
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise StudioError(
            mark("{name} is text in UTF-16. Save it as “CSV UTF-8” and open that."), name=name
        )
    if b"\0" in raw:
        raise StudioError(
            mark("{name} is not a text file. Choose a table saved as “CSV UTF-8”."), name=name
        )
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise StudioError(
            mark(
                "{name} is not UTF-8 text: line {line} holds a character in another encoding. "
                "Save it as “CSV UTF-8” and open that."
            ),
            name=name,
            line=raw.count(b"\n", 0, error.start) + 1,
        ) from None


def sniff_delimiter(raw: bytes) -> str:
    """Comma, semicolon or tab: the one that cuts the first rows into equally many cells.

    Where several do, or none, it is the one that gives most cells in the first row.
    """
    head = raw[:SNIFF_BYTES].decode("utf-8-sig", "ignore")

    def score(delimiter: str) -> tuple[bool, int]:
        widths = []
        try:
            for cells in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter):
                if any(cells):
                    widths.append(len(cells))
                if len(widths) == SNIFF_ROWS:
                    break
        except csv.Error:
            pass  # rows so far decide; reading in earnest says what is wrong
        if len(widths) > 1 and len(raw) > SNIFF_BYTES and len(widths) < SNIFF_ROWS:
            widths.pop()  # the last row is cut off
        if not widths:
            return False, 0
        return widths[0] > 1 and len(set(widths)) == 1, widths[0]

    return max(DELIMITERS, key=score)
