"""Which videos a folder of features holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mmacl.datasets.stores import FeatureStore, Instead, MissingFeaturesError, near_name
from mmacl.datasets.untrusted.names import check_video_name
from mmacl.utils import InputError


def list_videos(store: FeatureStore, modalities: Sequence[str], exclude: Collection[str]) -> list[str]:
    """Names of the videos that have features, in alphabetical order.

    Raises:
        MissingFeaturesError: there are none, or a video lacks a modality.
        InputError: a name cannot be that of a video.
    """
    listed = {modality: set(store.list_videos(modality)).difference(exclude) for modality in modalities}
    names = sorted(set().union(*listed.values()))
    if not names:
        raise no_features(store, modalities)
    missing = [(name, modality) for name in names for modality in modalities if name not in listed[modality]]
    if missing:
        total = len(names) * len(modalities)
        headline = f'{len(missing)} of {total} feature files are missing (exclude=... leaves single videos out):'
        looked_for = [store.describe(*pair) for pair in missing]
        instead = what_is_there(store, *missing[0], known=set.intersection(*listed.values()))
        raise MissingFeaturesError.describe(looked_for, store.layouts, headline, instead)
    for name in names:
        check_video_name(name, store.describe(name, modalities[0]))
    return names


def no_features(
    store: FeatureStore, modalities: Sequence[str], headline: str = 'there are no features:', *others: str
) -> MissingFeaturesError:
    """The error for a store without any video, which says what is there instead.

    Args:
        store: it.
        modalities: the streams that were looked for.
        headline: first line of the message.
        others: other files that were looked for.
    """
    looked_for = [*others, *(store.describe('<video>', modality) for modality in modalities)]
    instead = [found for modality in modalities for found in store.look_around(modality)]
    return MissingFeaturesError.describe(looked_for, store.layouts, headline, list(dict.fromkeys(instead)))


def what_is_there(store: FeatureStore, video: str, modality: str, known: Collection[str]) -> tuple[Instead, ...]:
    """What there is in place of the missing features of a video: a dead link, another ending, or a similar name.

    Args:
        store: it.
        video: its name.
        modality: the stream that is missing.
        known: names whose features belong to other videos.
    """
    try:
        store.shape(video, modality)
    except MissingFeaturesError as error:
        if error.instead:
            return error.instead
    except InputError:
        return ()
    near = near_name(video, set(store.list_videos(modality)).difference(known, [video]))
    if near is None:
        return ()
    return (Instead(store.describe(near, modality), f'rename it to {video!r} if it is meant'),)


def missing_annotations(ann_file: str, store: FeatureStore, modalities: Sequence[str]) -> InputError:
    """The error for a missing ``ann_file``, which depends on whether there are features."""
    if not any(store.list_videos(modality) for modality in modalities):
        return no_features(store, modalities, 'there are neither annotations nor features:', ann_file)
    return InputError(
        'no such file',
        file=ann_file,
        remedy=(
            'write the annotations there, correct ann_file, or set require_annotations=False to use '
            'the features without any'
        ),
    )
