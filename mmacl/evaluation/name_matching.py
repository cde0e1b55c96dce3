"""Match names of videos and classes as different systems write them."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.annotations.entries import normal_label
from mmacl.utils import InputError

# The names of ActivityNet's files have it, those in its annotations do not.
_PREFIX = 'v_'


def match_videos(names: Sequence[str], known: Sequence[str], source: str) -> NDArray[np.int64]:
    """Find the known video that each name means.

    A name means the video of exactly that name, else the one with ``v_`` added or removed, else the one whose name is
    the same in another Unicode form, as macOS writes names of files.

    Args:
        names: names in some file.
        known: names of the videos by number.
        source: the file, for messages.

    Returns:
        (len(names),) number of the video, -1 for a name that is not known.

    Raises:
        InputError: no name is known, or two names mean the same video.
    """
    numbers = {normal_label(name): number for number, name in enumerate(known)}
    numbers |= {name: number for number, name in enumerate(known)}
    result = np.full(len(names), -1, dtype=np.int64)
    meant_by: dict[int, str] = {}
    for row, name in enumerate(names):
        other = name.removeprefix(_PREFIX) if name.startswith(_PREFIX) else _PREFIX + name
        forms = (name, other, normal_label(name), normal_label(other))
        number = next((numbers[form] for form in forms if form in numbers), -1)
        if number in meant_by:
            raise InputError(
                f'{meant_by[number]!r} and {name!r} are the same video', file=source, remedy='keep one of them'
            )
        if number >= 0:
            meant_by[number] = name
        result[row] = number
    if len(names) and not meant_by:
        raise InputError(
            f'has none of the {len(known)} videos to score ({known[0]!r:.80}, ...), but {len(names)} others '
            f'({names[0]!r:.80}, ...)',
            file=source,
            remedy='check the subset, the video list and the names',
        )
    return result


def match_labels(
    labels: Sequence[str | int], classes: Sequence[str], first_id: int, source: str
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Find the class that each label means.

    Names are compared in Unicode normal form C. A label means the class of exactly that name, else the one whose name
    differs in capitals, blanks and punctuation only, else the class of that id.

    Args:
        labels: names, or ids as integers or strings of digits.
        classes: names by label.
        first_id: the id of the first class.
        source: the file, for messages.

    Returns:
        (len(labels),) classes, and (len(labels),) which of them were found by their id.

    Raises:
        InputError: a label is neither a name nor an id of a class, or is like the names of several.
    """
    by_name = {normal_label(name): label for label, name in enumerate(classes)}
    by_likeness: dict[str, list[int]] = {}
    for label, name in enumerate(classes):
        by_likeness.setdefault(_plain(name) or name, []).append(label)
    result = np.zeros(len(labels), dtype=np.int64)
    by_id = np.zeros(len(labels), dtype=bool)
    for row, written in enumerate(labels):
        text = normal_label(str(written))
        alike = by_likeness.get(_plain(text), []) if text not in by_name else [by_name[text]]
        if len(alike) > 1:
            names = ', '.join(repr(classes[label])[:80] for label in alike[:3])
            raise InputError(
                f'label {text[:80]!r} may mean {len(alike)} classes ({names})',
                file=source,
                remedy='write the name as the annotations do',
            )
        by_id[row] = not alike
        result[row] = alike[0] if alike else _by_id(text, classes, first_id, source)
    return result, by_id


def _by_id(text: str, classes: Sequence[str], first_id: int, source: str) -> int:
    if len(text) <= 18 and text.isascii() and text.isdigit() and first_id <= int(text) < first_id + len(classes):
        return int(text) - first_id
    near = difflib.get_close_matches(text[:80], list(classes), n=1) or list(classes)[:1]
    raise InputError(
        f'label {text[:80]!r} is neither one of the {len(classes)} classes ({near[0]!r}, ...) nor an '
        f'id from {first_id} to {first_id + len(classes) - 1}',
        file=source,
        remedy='correct it, or give the id of the first class with --first-id',
    )


def _plain(name: str) -> str:
    """Remove what systems write differently: capitals, blanks and punctuation."""
    folded = normal_label(normal_label(name).casefold())
    return ''.join(sign for sign in folded if unicodedata.category(sign)[0] not in 'ZPC')
