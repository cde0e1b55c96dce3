"""What the features of one video are like."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mmacl.dataset_tools.inspection.fault import Fault
from mmacl.datasets.stores import FeatureStore, MissingFeaturesError
from mmacl.utils import InputError


@dataclass(frozen=True)
class StreamFacts:
    """One stream of a video.

    Attributes:
        file: where it lies.
        length: T.
        width: D.
        dtype: as it is handed on, ``float16`` or ``float32``; empty where the values could not be read.
        digest: of the values; streams with the same one are the same; empty as for ``dtype``.
    """

    file: str
    length: int
    width: int
    dtype: str = ''
    digest: str = ''


@dataclass(frozen=True)
class VideoFacts:
    """All streams of a video that could be looked at, and what is wrong with each of them alone.

    Attributes:
        video: its name.
        streams: by modality.
        faults: found on the way.
    """

    video: str
    streams: dict[str, StreamFacts] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def num_snippets(self) -> int | None:
        """T of the shortest stream; None: there is none."""
        return min((stream.length for stream in self.streams.values()), default=None)


def look_at_video(store: FeatureStore, video: str, modalities: Sequence[str]) -> VideoFacts:
    """Read every stream of a video whole, one after the other, and let go of it."""
    facts = VideoFacts(video)
    for modality in modalities:
        file = store.describe(video, modality)
        try:
            length, width = store.shape(video, modality)
        except MissingFeaturesError as error:
            # A store that is not there at all names its own files.
            faults = Fault.from_error(error, 'missing', [file], video)
            facts.faults.extend(_named(fault, modality) for fault in faults)
            continue
        except InputError as error:
            facts.faults.extend(Fault.from_error(error, 'damaged file', [file, *_inside(file)], video))
            continue
        facts.streams[modality] = StreamFacts(file, length, width)
        try:
            features = store.load(video, modality)
        except InputError as error:
            facts.faults.extend(Fault.from_error(error, 'damaged file', [file, *_inside(file)], video))
            continue
        content = np.ascontiguousarray(features)
        digest = hashlib.blake2b(content.view(np.uint8).reshape(-1).data, digest_size=16).hexdigest()
        facts.streams[modality] = StreamFacts(file, length, width, str(features.dtype), f'{digest} {features.shape}')
        # Two snippets first, which nearly always decide.
        if length > 1 and np.array_equal(content[0], content[-1]) and bool((content == content[0]).all()):
            facts.faults.append(
                Fault(
                    'constant',
                    f'all {length} snippets of {modality} are the same',
                    file,
                    'see whether the extraction read the video',
                    video,
                    warning=True,
                )
            )
    return facts


def _named(fault: Fault, modality: str) -> Fault:
    return Fault(fault.kind, f'no {modality} features', fault.file, fault.remedy, fault.video)


def _inside(file: str) -> list[str]:
    """The file itself, where ``file`` names a part of it too."""
    return [file.rpartition(': ')[0]] if ': ' in file else []
