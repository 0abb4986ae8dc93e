"""NumPy's own files: one array (NPY) or several by name (NPZ), never a pickle."""

from __future__ import annotations

from nnstudio.core.registry import register
from nnstudio.core.sampling import generator
from nnstudio.core.sources.arrays import from_arrays, read_npy, read_npy_bytes
from nnstudio.core.sources.raw import MOST_STACK_BYTES, Raw
from nnstudio.core.sources.reading import LOOK_ROWS, Options, Reader, Source
from nnstudio.core.sources.watching import progress
from nnstudio.core.sources.zips import SafeZip, entry_names
from nnstudio.core.text import StudioError, mark

MOST_ARRAYS = 2000


@register("NumpyFile.v1")
class NumpyReader(Reader):
    """Arrays called x and y, data and target, images and labels, with train or test in the name."""

    label = mark("NumPy arrays")
    endings = (".npz", ".npy")
    order = 20

    @classmethod
    def recognises(cls, source: Source) -> bool:
        """The mark of NPY, or a zip of such files."""
        if source.head.startswith(b"\x93NUMPY"):
            return True
        return source.head.startswith(b"PK") and any(
            name.endswith(".npy") for name in entry_names(source.path)
        )

    def read(self, source: Source, options: Options) -> Raw:
        """Read every array; a sample is taken of all of them alike."""
        if source.head.startswith(b"\x93NUMPY"):
            with source.path.open("rb") as file:
                arrays = {"x": read_npy(file, source.name, source.size)}
        else:
            arrays = {}
            with SafeZip(source.path, source.name) as archive:
                names = [name for name in archive.names if name.endswith(".npy")]
                if len(names) > MOST_ARRAYS:
                    raise StudioError(
                        mark("“{name}” holds {count} arrays; the most is {most}."),
                        name=source.name,
                        count=len(names),
                        most=MOST_ARRAYS,
                    )
                for done, name in enumerate(names):
                    progress(done / len(names))
                    raw = archive.read(name, 4 * MOST_STACK_BYTES)
                    arrays[name.removesuffix(".npy")] = read_npy_bytes(raw, name)
        raw_data = from_arrays(source.name, arrays)
        wanted = LOOK_ROWS if options.first else options.sample
        if wanted and wanted < raw_data.rows:
            rows = generator(options.seed, 9).permutation(raw_data.rows)[:wanted]
            rows.sort()
            return raw_data.take(rows)
        return raw_data
