"""Templates of paths, such as ``features/{modality}/{video}.npy``."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from string import Formatter

from mmacl.datasets.untrusted.names import check_video_name
from mmacl.utils import InputError

_FIELDS = ('modality', 'subset', 'video')


def subset_names(subset: str | Sequence[str] | None) -> tuple[str, ...] | None:
    """The names to put in for ``{subset}``: one, several, or None for any.

    Raises:
        InputError: it is neither a name nor a list of names.
    """
    if subset is None:
        return None
    names = (subset,) if isinstance(subset, str) else subset
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise InputError(f'subset={subset!r} is neither a name nor a list of names', remedy='put a number into quotes')
    return tuple(names)


class PathTemplate:
    """A path with the fields ``{video}`` and, if wanted, ``{modality}`` and ``{subset}``.

    Args:
        text: the template, with ``/`` between folders.

    Raises:
        InputError: ``{video}`` is missing, or there is another field.
    """

    def __init__(self, text: str) -> None:
        try:
            parts = [(literal, field) for literal, field, _, _ in Formatter().parse(text)]
        except ValueError as error:
            raise InputError(
                f'template {text!r}: {error}', remedy='write it like features/{modality}/{video}.npy'
            ) from error
        fields = {field for _, field in parts if field is not None}
        if 'video' not in fields or not fields <= set(_FIELDS):
            raise InputError(
                f'template {text!r}: its fields must be {{video}} and, if wanted, {{modality}} and {{subset}}'
            )
        self.text = text
        self.has_subset = 'subset' in fields
        self._parts = parts

    def in_capitals(self) -> PathTemplate:
        """The same template with its ending in capitals, ``.NPY``, as some systems write it."""
        stem, dot, ending = self.text.rpartition('.')
        return PathTemplate(f'{stem}.{ending.upper()}') if dot and ending.isalnum() else self

    def fill(self, **names: str) -> str:
        """The path for given names.

        Raises:
            InputError: the name of the video would lead out of the folder.
        """
        check_video_name(names['video'], f'template {self.text!r}')
        return ''.join(literal + (names[field] if field else '') for literal, field in self._parts)

    def pattern(self, **names: str) -> str:
        """The glob pattern of all paths with given names; a name that is not given is free.

        Raises:
            InputError: as :meth:`fill`.
        """
        if 'video' in names:
            check_video_name(names['video'], f'template {self.text!r}')
        known = {field: glob.escape(name) for field, name in names.items()}
        return ''.join(
            glob.escape(literal) + (known.get(field, '*') if field else '') for literal, field in self._parts
        )

    def names_in(self, path: str) -> dict[str, str]:
        """The names in a path of this form, by field; empty if the path has another form."""
        expression, seen = '', set()
        for literal, field in self._parts:
            expression += re.escape(literal)
            if field:
                expression += f'(?P={field})' if field in seen else f'(?P<{field}>[^/]+)'
                seen.add(field)
        match = re.fullmatch(expression, path)
        return match.groupdict() if match else {}

    def video_of(self, path: str) -> str | None:
        """The name of the video in a path of this form, or None."""
        return self.names_in(path).get('video')
