"""What is wrong with features beside those of other videos, or of the other stream."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from mmacl.dataset_tools.inspection.fault import Fault
from mmacl.dataset_tools.inspection.video_facts import StreamFacts, VideoFacts

_ONE_NETWORK = 'extract all videos with one network'


def width_faults(videos: Sequence[VideoFacts], modalities: Sequence[str], stated: Mapping[str, int]) -> list[Fault]:
    """Widths that differ from what is stated, or else from what most videos have; precisions that are mixed.

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
    """Streams of a video that differ in length, or do not differ in anything."""
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
