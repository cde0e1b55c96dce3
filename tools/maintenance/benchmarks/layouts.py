"""Every feature store beside plain ``np.load`` of the same arrays; part of the topic ``load``.

Random values in the lengths of the data set are written to a temporary folder in each layout and read from the page
cache, so that processors are compared, not disks. Reading a video means all its streams. What is compared:

plain    np.load of .npy files that hold the very arrays: one for each stream; where a layout has both streams in one
         array (side by side, joint), one for each video, since reading them apart would be other work. np.load cannot
         read a joint file without unpickling objects, which mmacl never does; it reads the same arrays from files.
library  the usual reader of the same file, without a check: np.load of the .npz file, h5py and safetensors with the
         file kept open.
again    store.load, with a store that has read the video before, as in training, which reads each hundreds of times.
first    store.load, with a new store: it opens the file, looks up the array, and compares the checksum of an .npz file.

np.load, the library and the store take turns video by video, several times; of each video the median counts, so that
other programs on the machine matter little. Unlike np.load, a store makes sure that its arrays are (T, D), whole and
finite.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmacl.utils import derive_seed

from .setting import Row, Setting

STREAMS = ('rgb', 'flow')
JOINT_FILE = 'Thumos14reduced-I3D-JOINTFeatures.npy'

Videos = Mapping[str, NDArray[Any]]
Read = Callable[[str], Any]


def compare_layouts(setting: Setting) -> list[Row]:
    """Write and read every layout whose package is installed; ratios are speeds over that of ``np.load``."""
    size = setting.size
    rng = np.random.default_rng(derive_seed(40))
    lengths = size.lengths(setting.times(2, 40)).tolist()
    videos = {
        f'video_{number:04d}': rng.random((length, 2 * size.width), dtype=np.float32)
        for number, length in enumerate(lengths)
    }
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        write_npy(base, videos)
        write_side_by_side(base, videos)

        def apart(name: str) -> Any:
            return [np.load(base / 'features' / stream / f'{name}.npy', allow_pickle=False) for stream in STREAMS]

        def together(name: str) -> Any:
            return np.load(base / 'i3d_features' / f'{name}.npy', allow_pickle=False)

        for name, layout in layouts(size.width).items():
            with tempfile.TemporaryDirectory(dir=base) as place:
                layout.write(Path(place), videos)
                plain = together if layout.in_one_array else apart
                found = measure(layout, Path(place), plain, videos, setting.times(2, 9))
            speed = found['store GB/s']
            rows.append({'layout': name, **found, 'of page cache': setting.share(speed, 'page cache GB/s')})
    return rows


def streams_of(array: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """The two halves of the columns."""
    width = array.shape[1] // 2
    return {stream: np.ascontiguousarray(array[:, i * width : (i + 1) * width]) for i, stream in enumerate(STREAMS)}


def write_npy(root: Path, videos: Videos) -> None:
    """A file for each video and stream."""
    for stream in STREAMS:
        (root / 'features' / stream).mkdir(parents=True)
    for name, array in videos.items():
        for stream, part in streams_of(array).items():
            np.save(root / 'features' / stream / f'{name}.npy', part)


def write_side_by_side(root: Path, videos: Videos) -> None:
    """A file for each video."""
    (root / 'i3d_features').mkdir()
    for name, array in videos.items():
        np.save(root / 'i3d_features' / f'{name}.npy', array)


def write_joint(root: Path, videos: Videos) -> None:
    """One file of objects."""
    joint = np.empty(len(videos), dtype=object)
    for number, array in enumerate(videos.values()):
        joint[number] = array
    np.save(root / JOINT_FILE, joint)
    np.save(root / 'videoname.npy', np.array([name.encode() for name in videos]))


def write_hdf5(root: Path, videos: Videos, **filters: Any) -> None:
    """One file with a dataset for each video and stream."""
    import h5py

    with h5py.File(root / 'features.h5', 'w') as file:
        for name, array in videos.items():
            for stream, part in streams_of(array).items():
                file.create_dataset(f'{stream}/{name}', data=part, **filters)


def write_npz(root: Path, videos: Videos, save: Callable[..., None] = np.savez) -> None:
    """A file for each video."""
    (root / 'features').mkdir()
    for name, array in videos.items():
        save(root / 'features' / f'{name}.npz', **streams_of(array))


def write_safetensors(root: Path, videos: Videos) -> None:
    """One file with a tensor for each video and stream."""
    from safetensors.numpy import save_file

    parts = {f'{s}/{name}': part for name, array in videos.items() for s, part in streams_of(array).items()}
    save_file(parts, root / 'features.safetensors')


def plain_npz(root: Path) -> Read:
    """``np.load`` of the archive."""

    def read(name: str) -> Any:
        with np.load(root / 'features' / f'{name}.npz', allow_pickle=False) as arrays:
            return [arrays[stream] for stream in STREAMS]

    return read


def plain_hdf5(root: Path) -> Read:
    """h5py with the file kept open."""
    import h5py

    file = h5py.File(root / 'features.h5', 'r')
    return lambda name: [file[f'{stream}/{name}'][()] for stream in STREAMS]


def plain_safetensors(root: Path) -> Read:
    """Safetensors with the file kept open."""
    from safetensors import safe_open

    file = safe_open(root / 'features.safetensors', framework='np')
    return lambda name: [file.get_tensor(f'{stream}/{name}') for stream in STREAMS]


class Layout(NamedTuple):
    """How features lie, and who reads them."""

    write: Callable[[Path, Videos], None]
    store: Mapping[str, Any]
    in_one_array: bool = False
    library: Callable[[Path], Read] | None = None


def layouts(width: int) -> dict[str, Layout]:
    """Every layout by its name, without those whose package is not installed."""
    slices = {stream: (i * width, (i + 1) * width) for i, stream in enumerate(STREAMS)}
    side = dict(type='NpyFolderStore', templates=('i3d_features/{video}.npy',), slices=slices)
    npz, hdf5 = dict(type='NpzStore'), dict(type='HDF5Store')

    def gzip(root: Path, videos: Videos) -> None:
        write_hdf5(root, videos, chunks=True, compression='gzip')

    def deflate(root: Path, videos: Videos) -> None:
        write_npz(root, videos, np.savez_compressed)

    found = {
        'npy folder': Layout(write_npy, dict(type='NpyFolderStore')),
        'npy side by side': Layout(write_side_by_side, side, True),
        'joint npy': Layout(write_joint, dict(type='JointNpyStore', slices=slices), True),
        'HDF5': Layout(write_hdf5, hdf5, library=plain_hdf5),
        'npz': Layout(write_npz, npz, library=plain_npz),
        'safetensors': Layout(write_safetensors, dict(type='SafetensorsStore'), library=plain_safetensors),
        'HDF5, gzip': Layout(gzip, hdf5, library=plain_hdf5),
        'npz, deflated': Layout(deflate, npz, library=plain_npz),
    }
    needed = {'HDF5': 'h5py', 'HDF5, gzip': 'h5py', 'safetensors': 'safetensors'}
    return {name: layout for name, layout in found.items() if name not in needed or find_spec(needed[name])}


def measure(layout: Layout, root: Path, plain: Read, videos: Videos, repeats: int) -> dict[str, float]:
    """Sums over videos of medians over passes; each pass has a new store."""
    from mmacl.registry import FEATURE_STORES

    library = layout.library(root) if layout.library else None
    passes: dict[str, list[list[float]]] = {}
    for number in range(repeats):
        store = FEATURE_STORES.build({**layout.store, 'root': root})

        def load(name: str, store: Any = store) -> Any:
            return [store.load(name, stream) for stream in STREAMS]

        for kind in ('first', 'again'):
            readers = {'plain': plain, kind: load} | ({'library': library} if library else {})
            for reader, seconds in time_by_video(readers, videos, number).items():
                passes.setdefault(f'{kind}/{reader}', []).append(seconds)
    size = sum(array.nbytes for array in videos.values()) / 1e9
    seconds_of = {name: float(np.median(rows, axis=0).sum()) for name, rows in passes.items()}
    figures = {
        'np.load GB/s': size / seconds_of['again/plain'],
        'store GB/s': size / seconds_of['again/again'],
        'ratio': seconds_of['again/plain'] / seconds_of['again/again'],
        'ratio, first read': seconds_of['first/plain'] / seconds_of['first/first'],
    }
    if library:
        figures['ratio of the library'] = seconds_of['again/plain'] / seconds_of['again/library']
    return figures


def time_by_video(readers: Mapping[str, Read], videos: Videos, turn: int) -> dict[str, list[float]]:
    """Seconds that each reader takes for each video; who begins with a video changes."""
    order = list(readers)
    seconds: dict[str, list[float]] = {reader: [] for reader in order}
    for number, name in enumerate(videos):
        shift = (number + turn) % len(order)
        for reader in order[shift:] + order[:shift]:
            start = time.perf_counter()
            readers[reader](name)
            seconds[reader].append(time.perf_counter() - start)
    return seconds
