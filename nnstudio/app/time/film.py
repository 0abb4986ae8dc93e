"""Writing a film: frames go in from the window's thread and are encoded on another."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from nnstudio.core.text import StudioError, mark

#: Frames that may wait to be encoded; more are left out rather than waited for.
WAITING = 24
#: A film has at most so many frames.
MOST_FRAMES = 3000
#: WebP is encoded when all frames are there; they take at most so many bytes until then.
MOST_BYTES = 400_000_000
#: What a film can be: animated GIF or WebP, or a folder of PNG files.
FORMS = ("gif", "webp", "frames")


class Film:
    """An animated GIF or WebP at ``path``, or PNG files in the folder ``path``.

    ``add`` never waits. After ``finish`` and once ``done``, ``error`` says what went wrong.
    """

    def __init__(self, path: Path, *, form: str, rate: int, width: int) -> None:
        self.path = path
        self.form = form
        self._most = MOST_FRAMES
        self.rate = rate
        self.width = width
        self.frames = 0
        self.left_out = 0
        self.error: StudioError | None = None
        self._waiting: queue.Queue[QImage | None] = queue.Queue(WAITING)
        self._size: tuple[int, int] | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._write, name="nnstudio-film", daemon=True)
        self._thread.start()

    @property
    def full(self) -> bool:
        """Whether no more frames fit."""
        return self.frames >= self._most

    @property
    def done(self) -> bool:
        """Whether everything is written."""
        return not self._thread.is_alive()

    def add(self, image: QImage) -> None:
        """One more frame, unless too many wait."""
        if self.full or self._ended.is_set():
            return
        if self.form == "webp" and not self.frames:
            width = min(self.width, image.width())
            one = 3 * width * round(image.height() * width / image.width())
            self._most = min(MOST_FRAMES, max(2, MOST_BYTES // max(1, one)))
        try:
            self._waiting.put_nowait(image)
            self.frames += 1
        except queue.Full:
            self.left_out += 1

    def finish(self) -> None:
        """No more frames come."""
        self._ended.set()

    def join(self) -> None:
        """Wait until everything is written, at most 30 s."""
        self._thread.join(timeout=30)

    # --- on the film's thread ---

    def _images(self) -> Iterator[QImage]:
        while True:
            try:
                image = self._waiting.get(timeout=0.1)
            except queue.Empty:
                if self._ended.is_set():
                    return
                continue
            if image is not None:
                yield self._fitted(image)

    def _fitted(self, image: QImage) -> QImage:
        """All frames in the size of the first, at most ``width`` wide."""
        if self._size is None:
            width = min(self.width, image.width())
            self._size = (width, max(1, round(image.height() * width / image.width())))
        if (image.width(), image.height()) != self._size:
            smooth = Qt.TransformationMode.SmoothTransformation
            whole = Qt.AspectRatioMode.IgnoreAspectRatio
            image = image.scaled(*self._size, whole, smooth)
        return image.convertToFormat(QImage.Format.Format_RGB888)

    def _write(self) -> None:
        try:
            if self.form == "frames":
                self._write_frames()
            else:
                self._write_animation()
        except (OSError, ValueError) as error:
            self.error = StudioError(
                mark("The recording could not be written to “{file}”: {reason}."),
                file=str(self.path)[:200], reason=str(error)[:200],
            )  # fmt: skip

    def _write_frames(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        for number, image in enumerate(self._images(), 1):
            if not image.save(str(self.path / f"frame-{number:05d}.png")):
                raise OSError(f"frame {number}")

    def _write_animation(self) -> None:
        gif = self.form == "gif"
        pictures = (_picture(image, palette=gif) for image in self._images())
        first = next(pictures, None)
        if first is None:
            return
        part = self.path.with_name(self.path.name + ".part")
        try:
            first.save(
                part, format=self.form.upper(), save_all=True, append_images=pictures, loop=0,
                duration=round(1000 / self.rate),
                **({"optimize": False} if gif else {"quality": 85, "method": 2}),
            )  # fmt: skip
            part.replace(self.path)
        finally:
            part.unlink(missing_ok=True)


def _picture(image: QImage, *, palette: bool) -> Any:
    """A Pillow picture, in 256 colours if it shall have a palette."""
    from PIL import Image

    plain = Image.frombuffer(
        "RGB", (image.width(), image.height()), bytes(image.constBits()), "raw", "RGB",
        image.bytesPerLine(), 1,
    )  # fmt: skip
    if not palette:
        return plain
    return plain.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
