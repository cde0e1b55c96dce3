"""Which videos a folder of features holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mmacl.datasets.stores import FeatureStore, MissingFeaturesError
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
    missing = [(name, modality) for name in names for modality in modalities if name not in listed[modality]]
    if not names:
        raise MissingFeaturesError.describe(_places(store, modalities), store.layouts, 'there are no features:')
    if missing:
        total = len(names) * len(modalities)
        headline = f'{len(missing)} of {total} feature files are missing (exclude=... leaves single videos out):'
        raise MissingFeaturesError.describe([store.describe(*pair) for pair in missing], store.layouts, headline)
    for name in names:
        check_video_name(name, store.describe(name, modalities[0]))
    return names


def missing_annotations(ann_file: str, store: FeatureStore, modalities: Sequence[str]) -> InputError:
    """What to say when there is no ``ann_file``, which depends on whether there are features."""
    if not any(store.list_videos(modality) for modality in modalities):
        looked_for = [ann_file, *_places(store, modalities)]
        return MissingFeaturesError.describe(looked_for, store.layouts, 'there are neither annotations nor features:')
    return InputError(
        'no such file',
        file=ann_file,
        remedy=(
            'write the annotations there, correct ann_file, or set require_annotations=False to use '
            'the features without any'
        ),
    )


def _places(store: FeatureStore, modalities: Sequence[str]) -> list[str]:
    """Where the features of any video may lie."""
    return [store.describe('<video>', modality) for modality in modalities]
