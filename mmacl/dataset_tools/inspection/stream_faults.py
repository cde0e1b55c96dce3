"""Facts about the features of videos, and their faults."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from mmacl.dataset_tools.fault import Fault
from mmacl.datasets.aligned_streams import looks_transposed
from mmacl.datasets.stores import FeatureStore, MissingFeaturesError, near_name
from mmacl.utils import InputError

_ONE_NETWORK = 'extract all videos with one network'


@dataclass(frozen=True)
class StreamFacts:
    """One stream of a video.

    Attributes:
        file: where it is.
        length: T.
        width: D.
        dtype: ``float16`` or ``float32``; empty if the values could not be read.
        digest: of the values, equal for equal streams; empty as for ``dtype``.
    """

    file: str
    length: int
    width: int
    dtype: str = ''
    digest: str = ''


@dataclass(frozen=True)
class VideoFacts:
    """All streams of a video that could be read, and the faults of each of them alone.

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


def look_at_video(
    store: FeatureStore, video: str, modalities: Sequence[str], strangers: Mapping[str, Collection[str]]
) -> VideoFacts:
    """Read every stream of a video whole, one after the other, and keep the facts.

    Args:
        store: where the features come from.
        video: its name.
        modalities: its streams.
        strangers: names of features, by modality, that no video has: they may be meant where features are missing.
    """
    facts = VideoFacts(video)
    for modality in modalities:
        file = store.describe(video, modality)
        try:
            length, width = store.shape(video, modality)
            facts.streams[modality] = StreamFacts(file, length, width)
            features = store.load(video, modality)
        except MissingFeaturesError as error:
            near = None if error.instead else near_name(video, strangers.get(modality, ()))
            # A store that is not there at all names its own files.
            hint = f'rename the features of {near!r} if they are meant; else ' if near else ''
            missing = f'no {modality} features', 'put them there, or leave the video out with exclude'
            faults = Fault.from_error(error, 'missing', file, video, missing)
            facts.faults.extend(replace(fault, remedy=hint + fault.remedy) for fault in faults)
            continue
        except InputError as error:
            facts.faults.extend(Fault.from_error(error, 'damaged file', file, video))
            continue
        content = np.ascontiguousarray(features)
        digest = hashlib.blake2b(content.view(np.uint8).reshape(-1).data, digest_size=16).hexdigest()
        facts.streams[modality] = StreamFacts(file, length, width, str(features.dtype), f'{digest} {features.shape}')
        # Two snippets first, which nearly always decide.
        if length > 1 and np.array_equal(content[0], content[-1]) and bool((content == content[0]).all()):
            what, remedy = (
                f'all {length} snippets of {modality} are the same',
                'check that the extraction read the video',
            )
            facts.faults.append(Fault('constant', what, file, remedy, video, warning=True))
    return facts


def width_faults(videos: Sequence[VideoFacts], modalities: Sequence[str], stated: Mapping[str, int]) -> list[Fault]:
    """Widths that differ from the stated one, or else from that of most videos; mixed precisions; transposed arrays.

    Args:
        videos: all of a subset.
        modalities: its streams.
        stated: width by modality, where it is stated.
    """
    faults = []
    for modality in modalities:
        streams = [(facts.video, facts.streams[modality]) for facts in videos if modality in facts.streams]
        if not streams:
            continue
        if looks_transposed([(stream.length, stream.width) for _, stream in streams]):
            first, axis = streams[0][1], streams[0][1].length
            what = f'the first axis of all {len(streams)} arrays of {modality} is {axis}, so they may be (D, T)'
            faults.append(Fault('transposed', what, first.file, 'if they are, save features.T', warning=True))
        widths = Counter(stream.width for _, stream in streams)
        expected = stated.get(modality, widths.most_common(1)[0][0])
        reason = (
            'as feature_dims says' if modality in stated else f'as {widths[expected]} of {len(streams)} videos have'
        )
        dtypes = Counter(stream.dtype for _, stream in streams if stream.dtype)
        usual = dtypes.most_common(1)[0][0] if dtypes else ''
        for video, stream in streams:
            if stream.width != expected:
                what = f'{modality} has width {stream.width}, not {expected} ({reason})'
                faults.append(Fault('width', what, stream.file, f'{_ONE_NETWORK}, or correct feature_dims', video))
            if stream.dtype not in ('', usual):
                what = f'{modality} is {stream.dtype}, but {dtypes[usual]} of {len(streams)} videos are {usual}'
                remedy = 'save all videos alike, unless it is meant so'
                faults.append(Fault('mixed precision', what, stream.file, remedy, video, warning=True))
    return faults


def length_faults(facts: VideoFacts, tolerance: int) -> list[Fault]:
    """Streams of a video that differ in length, or in no value."""
    faults = []
    if len(facts.streams) > 1:
        by_length = sorted(facts.streams.items(), key=lambda item: item[1].length)
        (short, shortest), (long, longest) = by_length[0], by_length[-1]
        if longest.length - shortest.length > tolerance:
            what = f'{longest.length} snippets of {long}, but {shortest.length} of {short}'
            remedy = f'extract both with one stride, or raise length_tolerance ({tolerance})'
            faults.append(Fault('streams differ', what, longest.file, remedy, facts.video))
    seen: dict[str, str] = {}
    for modality, stream in facts.streams.items():
        first = seen.setdefault(stream.digest, modality) if stream.digest else modality
        if first != modality:
            what = f'{modality} holds the same values as {first}'
            faults.append(Fault('same streams', what, stream.file, f'extract {modality}', facts.video))
    return faults


def duplicate_faults(videos: Mapping[str, Sequence[VideoFacts]]) -> list[Fault]:
    """The same features under two names, and the same video in two subsets.

    Args:
        videos: of each subset.
    """
    faults, streams, subsets = [], dict[tuple[str, str], tuple[str, StreamFacts]](), dict[str, str]()
    for subset, members in videos.items():
        for facts in members:
            first_subset = subsets.setdefault(facts.video, subset)
            if first_subset != subset:
                file = next((stream.file for stream in facts.streams.values()), 'annotations')
                what = f'the video is in {first_subset} and in {subset}'
                faults.append(Fault('in two subsets', what, file, 'take it out of one', facts.video))
                continue
            for modality, stream in facts.streams.items():
                if not stream.digest:
                    continue
                video, other = streams.setdefault((modality, stream.digest), (facts.video, stream))
                if video != facts.video:
                    where = '' if subsets[video] == subset else f' of {subsets[video]}'
                    what = f'{modality} holds the same values as video {video!r}{where} ({other.file})'
                    remedy = 'leave one of them out, or extract the right video'
                    faults.append(Fault('same features', what, stream.file, remedy, facts.video, subset))
    return faults
