"""What is checked: the subsets of a folder in mmacl's own layout, without a config."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

from mmacl.dataset_tools.fault import Fault
from mmacl.datasets.annotations import ActivityNetAnnotations
from mmacl.datasets.stores import NpyFolderStore
from mmacl.datasets.stores.folder_contents import may_hold_features
from mmacl.datasets.timing_table import TIMING_FILE
from mmacl.datasets.untrimmed_videos import UntrimmedVideos
from mmacl.utils import InputError, is_system_entry
from mmacl.utils.collected_errors import collect_errors
from mmacl.utils.small_text import plain_or_gzipped


@dataclass(frozen=True)
class Subject:
    """A subset of a data set that was not read yet.

    Attributes:
        name: such as ``train``; of a folder, the name of the subset.
        dataset: built with ``lazy_init=True``.
        trains: whether it is trained on, so that every class must have a video.
        timing_stated: False: the timing of the data set means nothing, and is estimated where it is needed.
    """

    name: str
    dataset: UntrimmedVideos
    trains: bool = False
    timing_stated: bool = True


@dataclass
class Streams:
    """The streams of a folder.

    Attributes:
        names: of the streams, ``rgb`` first.
        faults: folders that may not be meant as streams, or are not read; warnings.
    """

    names: tuple[str, ...] = ()
    faults: list[Fault] = field(default_factory=list)


def folder_subjects(
    folder: str | PathLike[str], timing: Mapping[str, Any] | None = None, modalities: Sequence[str] | None = None
) -> tuple[list[Subject], list[Fault]]:
    """One subject for each subset that ``annotations.json`` names; one for all videos where there are none.

    Args:
        folder: holds ``features/<modality>/<video>.npy`` or ``features/<subset>/<modality>/<video>.npy``.
        timing: as a dataset takes it; None: ``timing.json`` of the folder, if there is one, else it is not known.
        modalities: streams; None: see :func:`find_streams`.

    Returns:
        The subjects, and what was found wrong on the way.

    Raises:
        InputError: there are no folders of features.
    """
    root = Path(folder)
    file = Path(plain_or_gzipped(root / 'annotations.json'))
    annotated = file.is_file()
    subsets: list[str | None] = [None]
    if annotated:
        with collect_errors():
            try:
                records = ActivityNetAnnotations(file).read().records
                subsets = [*sorted({record.subset for record in records})] or [None]
            except InputError:
                pass  # found again, and reported, when the subset is checked
    streams = Streams(tuple(modalities)) if modalities else find_streams(root, {name for name in subsets if name})
    faults = list(streams.faults)
    if (root / TIMING_FILE).is_file():
        if timing is not None:
            what = 'it states a timing for each video, but the command states another, which was used'
            faults.append(Fault('timing', what, str(root / TIMING_FILE), 'leave the options out', warning=True))
        timing = timing or dict(mode='file')
    subjects = [
        Subject(
            subset or 'all videos',
            UntrimmedVideos(
                root,
                file.name if annotated else None,
                subset=None if subsets == [''] else subset,
                modalities=streams.names,
                timing=timing or dict(mode='duration'),
                allow_empty_classes=True,  # which subset is trained on is not known
                lazy_init=True,
            ),
            timing_stated=timing is not None,
        )
        for subset in subsets
    ]
    return subjects, faults


def find_streams(root: Path, subsets: Collection[str]) -> Streams:
    """The streams of a folder: the folders right below ``features/``, or below those of the subsets.

    A folder with files of features is a stream, whatever folders it holds besides. A folder that holds only folders is
    a subset, and its folders are streams. Entries of the system are passed over.

    Args:
        root: the folder.
        subsets: names that the annotations give to subsets.

    Raises:
        InputError: there is no such folder.
    """
    streams: set[str] = set()
    flat: set[str] = set()
    not_read: list[Path] = []
    for folder in _folders(root / 'features'):
        below = _folders(folder)
        if below and (folder.name in subsets or not _files(folder)):
            streams.update(stream.name for stream in below)
            not_read += [deeper for stream in below for deeper in _folders(stream)]
        else:
            flat.add(folder.name)
            not_read += below
    streams |= flat
    if not streams:
        raise InputError(
            'no folders features/<modality> or features/<subset>/<modality>',
            file=root,
            remedy='name a folder in that layout, or a config',
        )
    names = tuple(sorted(streams, key=lambda name: (name != 'rgb', name)))
    faults = []
    for folder in not_read:
        if files := _files(folder):
            what = f'{len(files)} files in a folder of a stream, such as {files[0].name}, are not read'
            faults.append(Fault('stray folder', what, str(folder), 'move them out of features', warning=True))
    faults += _few_videos(root, names) if len(names) > 1 else []
    return Streams(names, faults)


def _few_videos(root: Path, names: Sequence[str]) -> list[Fault]:
    """Streams with less than half of the videos: a folder may lie beside the streams that is none."""
    store = NpyFolderStore(root)
    videos = {name: set(store.list_videos(name)) for name in names}
    total = len(set().union(*videos.values()))
    others = ' '.join(name for name in names if 2 * len(videos[name]) >= total)
    remedy = f'if it is none, move the folder out of features, or name the streams with --modalities {others}'
    return [
        Fault(
            'stray folder',
            f'the folder counts as a stream, since it is in features; it has {len(found)} of {total} videos',
            str(root / 'features' / name),
            remedy,
            warning=True,
        )
        for name, found in videos.items()
        if others and 2 * len(found) < total
    ]


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and not is_system_entry(path.name))


def _files(folder: Path) -> list[Path]:
    """Files of a folder that may hold features, dead links included."""
    files = (path for path in folder.iterdir() if not path.is_dir() and not is_system_entry(path.name))
    return sorted(path for path in files if may_hold_features(path.name))
