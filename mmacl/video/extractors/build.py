"""Build an extractor from its config."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from mmacl.registry import EXTRACTORS
from mmacl.utils import InputError
from mmacl.video.extractors.feature_extractor import FeatureExtractor


def build_extractor(config: Mapping[str, Any]) -> FeatureExtractor:
    """Build an extractor.

    Args:
        config: ``type``, a name of the registry ``EXTRACTORS``, and arguments.

    Raises:
        InputError: there is no such extractor, or it has no such argument; names those that there are.
    """
    name = config.get('type', '')
    found = EXTRACTORS.get(name)
    if found is None:
        EXTRACTORS.import_from_location()
        raise InputError(
            f'extractor {name!r} is not registered', remedy=f'use one of {", ".join(sorted(EXTRACTORS.module_dict))}'
        )
    known = _arguments(found)
    for key in config:
        if key != 'type' and key not in known:
            raise InputError(f'extractor {name!r} has no {key!r}', remedy=f'it has {", ".join(sorted(known))}')
    built: FeatureExtractor = EXTRACTORS.build(dict(config))
    return built


def _arguments(kind: type[FeatureExtractor]) -> set[str]:
    """Names of arguments; those of the base count where ``**kwargs`` hands them on."""
    names: set[str] = set()
    for each in kind.__mro__:
        if each is FeatureExtractor.__base__:
            break
        if '__init__' not in vars(each):
            continue
        parameters = inspect.signature(vars(each)['__init__']).parameters.values()
        names |= {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)} - {'self'}
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return names
