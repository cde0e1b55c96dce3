"""Time every feature store against plain ``np.load`` of the same arrays, in one run.

Videos are simulated: lengths as THUMOS14's, two streams of 1024 features, random values. They are written to a
temporary folder in each layout and read from the page cache, so that processors are compared, not disks. Reading a
video means all its streams. What is compared:

plain    np.load of .npy files that hold the very arrays: one for each stream; where a layout has both streams in one
         array (side by side, joint), one for each video, since reading them apart would be other work. np.load cannot
         read a joint file without unpickling objects, which mmacl never does; it reads the same arrays from files.
library  the usual reader of the same file, without a check: np.load of the .npz file, h5py and safetensors with the
         file kept open.
again    store.load, with a store that has read the video before, as in training, which reads each hundreds of times.
first    store.load, with a new store: it opens the file, looks up the array, and compares the checksum of an .npz file.

np.load, the library and the store take turns video by video, several times; of each video the median counts, so that
other programs on the machine matter little. The ratio is the speed of the store over that of np.load: 1 is as fast, and
more is faster. Unlike np.load, a store makes sure that its arrays are (T, D), whole and finite.

Examples:
    python tools/maintenance/benchmark_reading.py
    python tools/maintenance/benchmark_reading.py --dtype float16 --compressed --json figures.json
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from terminaltables import AsciiTable

from mmacl.cli import run_tool
from mmacl.datasets.simulation import THUMOS14_STATISTICS
from mmacl.utils import InputError, check_can_write, derive_seed, write_json_atomically

STREAMS = ('rgb', 'flow')
SNIPPET_SECONDS = 0.64
LOG_SD_OF_DURATIONS = 0.9
TARGET = 0.8
JOINT_FILE = 'Thumos14reduced-I3D-JOINTFeatures.npy'

Videos = Mapping[str, NDArray[Any]]
Read = Callable[[str], Any]


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--videos', type=int, default=40, help='default: 40')
    parser.add_argument('--width', type=int, default=1024, help='features of a stream (default: 1024)')
    parser.add_argument('--dtype', choices=('float32', 'float16'), default='float32', help='default: float32')
    parser.add_argument('--repeats', type=int, default=9, help='passes over all videos (default: 9)')
    parser.add_argument('--compressed', action='store_true', help='also gzip in HDF5 and deflate in .npz')
    parser.add_argument('--folder', metavar='D', help='where to make the temporary folder')
    parser.add_argument('--json', metavar='F.json', help='write the figures as one JSON object')
    return parser.parse_args()


def simulate(count: int, width: int, dtype: str) -> dict[str, NDArray[Any]]:
    """(T, 2 * width) arrays by the name of the video."""
    rng = np.random.default_rng(derive_seed(count, width))
    shortest, longest = (THUMOS14_STATISTICS[f'duration, {which} (s)'] for which in ('shortest', 'longest'))
    median = THUMOS14_STATISTICS['duration, median (s)']
    seconds = np.clip(rng.lognormal(np.log(median), LOG_SD_OF_DURATIONS, count), shortest, longest)
    return {
        f'video_{number:04d}': rng.random((int(length / SNIPPET_SECONDS), 2 * width), dtype=np.float32).astype(dtype)
        for number, length in enumerate(seconds)
    }


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


def layouts(width: int, compressed: bool) -> dict[str, Layout]:
    """Every layout by its name."""
    slices = {stream: (i * width, (i + 1) * width) for i, stream in enumerate(STREAMS)}
    side = dict(type='NpyFolderStore', templates=('i3d_features/{video}.npy',), slices=slices)
    npz, hdf5 = dict(type='NpzStore'), dict(type='HDF5Store')
    found = {
        'npy folder': Layout(write_npy, dict(type='NpyFolderStore')),
        'npy side by side': Layout(write_side_by_side, side, True),
        'joint npy': Layout(write_joint, dict(type='JointNpyStore', slices=slices), True),
        'HDF5': Layout(write_hdf5, hdf5, library=plain_hdf5),
        'npz': Layout(write_npz, npz, library=plain_npz),
        'safetensors': Layout(write_safetensors, dict(type='SafetensorsStore'), library=plain_safetensors),
    }
    if compressed:

        def gzip(root: Path, videos: Videos) -> None:
            write_hdf5(root, videos, chunks=True, compression='gzip')

        def deflate(root: Path, videos: Videos) -> None:
            write_npz(root, videos, np.savez_compressed)

        found['HDF5, gzip'] = Layout(gzip, hdf5, library=plain_hdf5)
        found['npz, deflated'] = Layout(deflate, npz, library=plain_npz)
    return found


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
            for reader, seconds in time_in_turns(readers, videos, number).items():
                passes.setdefault(f'{kind}/{reader}', []).append(seconds)
    size = sum(array.nbytes for array in videos.values()) / 1e6
    seconds_of = {name: float(np.median(rows, axis=0).sum()) for name, rows in passes.items()}
    figures = {
        'plain_MB_per_s': size / seconds_of['again/plain'],
        'store_MB_per_s': size / seconds_of['again/again'],
        'ratio': seconds_of['again/plain'] / seconds_of['again/again'],
        'ratio_first': seconds_of['first/plain'] / seconds_of['first/first'],
    }
    if library:
        figures['ratio_of_library'] = seconds_of['again/plain'] / seconds_of['again/library']
    return figures


def time_in_turns(readers: Mapping[str, Read], videos: Videos, turn: int) -> dict[str, list[float]]:
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


def main() -> None:
    """Measure and print."""
    args = parse_args()
    if args.json:
        check_can_write(args.json, '--json')
    if min(args.videos, args.width, args.repeats) < 1:
        raise InputError('--videos, --width and --repeats must be at least 1')
    if not all(find_spec(package) for package in ('h5py', 'safetensors')):
        raise InputError(
            'two layouts need h5py and safetensors', remedy="install them with pip install -e '.[optional]'"
        )
    videos = simulate(args.videos, args.width, args.dtype)
    size = sum(array.nbytes for array in videos.values()) / 1e6
    measured: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        base = Path(folder)
        write_npy(base, videos)
        write_side_by_side(base, videos)

        def apart(name: str) -> Any:
            return [np.load(base / 'features' / stream / f'{name}.npy', allow_pickle=False) for stream in STREAMS]

        def together(name: str) -> Any:
            return np.load(base / 'i3d_features' / f'{name}.npy', allow_pickle=False)

        for name, layout in layouts(args.width, args.compressed).items():
            with tempfile.TemporaryDirectory(dir=base) as place:
                layout.write(Path(place), videos)
                plain = together if layout.in_one_array else apart
                measured[name] = measure(layout, Path(place), plain, videos, args.repeats)
    names = ['plain_MB_per_s', 'store_MB_per_s', 'ratio', 'ratio_first', 'ratio_of_library']
    cells = [['layout', *(name.replace('_', ' ') for name in names), f'at least {TARGET}']]
    for layout_name, row in measured.items():
        shown = [f'{row[name]:.0f}' if 'MB' in name else f'{row[name]:.2f}' if name in row else '-' for name in names]
        cells.append([layout_name, *shown, 'yes' if row['ratio'] >= TARGET else 'no'])
    print(f'{args.videos} simulated videos, {size:.0f} MB of {args.dtype}, {args.repeats} passes; ratios to np.load')
    print(AsciiTable(cells).table)
    if args.json:
        settings = dict(videos=args.videos, width=args.width, dtype=args.dtype, megabytes=size, repeats=args.repeats)
        write_json_atomically(args.json, {**settings, 'simulated': True, 'target': TARGET, 'layouts': measured})


if __name__ == '__main__':
    run_tool(main)
