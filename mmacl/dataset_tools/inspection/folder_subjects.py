"""A folder in mmacl's own layout, taken for a data set without a config."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from mmacl.dataset_tools.inspection.subject import Subject
from mmacl.datasets.annotations import ActivityNetAnnotations
from mmacl.datasets.untrimmed_video_dataset import UntrimmedVideoDataset
from mmacl.utils import InputError
from mmacl.utils.collected_errors import collect_errors


def folder_subjects(
    folder: str | PathLike[str], timing: Mapping[str, Any] | None = None, modalities: Sequence[str] | None = None
) -> list[Subject]:
    """One subject for each subset that ``annotations.json`` names; one for all videos where there are none.

    Args:
        folder: holds ``features/<modality>/<video>.npy`` or ``features/<subset>/<modality>/<video>.npy``.
        timing: as a dataset takes it; None: not known.
        modalities: streams; None: every folder of features.

    Raises:
        InputError: there are no folders of features.
    """
    root = Path(folder)
    streams = tuple(modalities or _modalities(root))
    annotated = (root / 'annotations.json').is_file()
    subsets: list[str | None] = [None]
    if annotated:
        with collect_errors():
            try:
                records = ActivityNetAnnotations(root / 'annotations.json').read().records
                subsets = [*sorted({record.subset for record in records})] or [None]
            except InputError:
                pass  # found again, and said, when the subset is looked at
    return [
        Subject(
            subset or 'all videos',
            UntrimmedVideoDataset(
                root,
                'annotations.json' if annotated else None,
                subset=None if subsets == [''] else subset,
                modalities=streams,
                timing=timing or dict(mode='duration'),
                allow_empty_classes=True,  # which subset is trained on is not known
                lazy_init=True,
            ),
            timing_stated=timing is not None,
        )
        for subset in subsets
    ]


def _modalities(root: Path) -> list[str]:
    """Names of the folders that hold files, or nothing at all."""
    folders = [path for path in (root / 'features').rglob('*') if path.is_dir()]
    names = {path.name for path in folders if not any(child.is_dir() for child in path.iterdir())}
    if not names:
        raise InputError(
            'no folders features/<modality> or features/<subset>/<modality>',
            file=root,
            remedy='name a folder in that layout, or a config',
        )
    return sorted(names, key=lambda name: (name != 'rgb', name))
