"""ELAN's ``.eaf``: time-aligned annotations on tiers, in milliseconds; one file a video."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mmacl.datasets.annotations.annotation_format import Match
from mmacl.datasets.annotations.annotation_set import AnnotationSet
from mmacl.datasets.annotations.entries import (
    Instance,
    class_list,
    facts_of,
    instances_of,
    read_score,
    record_with_facts,
)
from mmacl.datasets.annotations.text_format import VideoTextFormat, complete_classes, media_name
from mmacl.datasets.untrusted.xml_text import MAX_XML_BYTES, parse_xml
from mmacl.registry import ANNOTATION_READERS
from mmacl.utils.errors import InputError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ROOT = 'ANNOTATION_DOCUMENT'
_ALIGNED = 'ANNOTATION/ALIGNABLE_ANNOTATION'
_TIER, _ACTIONS, _SCORE = 'actions', 'action', 'score'  # our first tier, and our types of tiers
_PROPERTY = 'mmacl.'
_LANGUAGE = 'und'


@ANNOTATION_READERS.register_module()
class ElanAnnotations(VideoTextFormat):
    """Read and write ELAN's ``.eaf``.

    An annotation is an instance and its value the label; an empty value means the name of the tier. Read are the tiers
    that hang on no other tier and have time-aligned annotations. Times are whole milliseconds. The classes are the
    controlled vocabularies of the tiers, if every label is in them. The video is the property ``mmacl.video``, else the
    name of the linked media file, else of the file itself; properties also give subset, duration and fps.

    Annotations that overlap cannot be on one tier of ELAN, so they are written to ``actions``, ``actions 2``, ...
    Scores are on a tier of type ``score`` below each of these.

    Args:
        path: a file, or a folder with one a video.
        tiers: names of the tiers to read, in place of those above.
    """

    layout = 'elan'
    form = 'an .eaf file of ELAN, or a folder of them'
    suffix = '.eaf'
    keeps = frozenset({'duration', 'subset', 'fps', 'scores', 'classes'})
    resolution = 0.0005 + 1e-9
    max_bytes = MAX_XML_BYTES

    def __init__(self, path: str | PathLike[str], tiers: Sequence[str] | None = None) -> None:
        super().__init__(path)
        self.tiers = tiers

    @classmethod
    def match_file(cls, file: Path) -> Match:
        """Any ``.eaf`` file."""
        return Match.CERTAIN

    def parse(self, text: str) -> AnnotationSet:
        """The record of one file.

        Raises:
            InputError: it is not well-formed or no file of ELAN, refers to something that is not there, counts in
                frames, or has no tier of a wanted name.
        """
        root = parse_xml(text, self.path, _ROOT, self.form)
        header = root.find('HEADER')
        units = 'milliseconds' if header is None else header.get('TIME_UNITS', 'milliseconds')
        if units != 'milliseconds':
            raise InputError(f'counts time in {units!r:.80}', file=self.path, remedy='save it with milliseconds')
        facts = {
            item.get('NAME', '').removeprefix(_PROPERTY): item.text or ''
            for item in root.iterfind('HEADER/PROPERTY')
            if item.get('NAME', '').startswith(_PROPERTY)
        }
        tiers = self._chosen(root)
        scores = {
            item.get('ANNOTATION_REF'): item.findtext('ANNOTATION_VALUE')
            for tier in root.iterfind('TIER')
            if tier.get('LINGUISTIC_TYPE_REF') == _SCORE
            for item in tier.iterfind('ANNOTATION/REF_ANNOTATION')
        }
        times = {slot.get('TIME_SLOT_ID'): slot.get('TIME_VALUE') for slot in root.iterfind('TIME_ORDER/TIME_SLOT')}
        found = [
            (_number(item), self._instance(item, tier, times, scores))
            for tier in tiers
            for item in tier.iterfind(_ALIGNED)
        ]
        found.sort(key=lambda pair: pair[0])
        video = facts.get('video') or media_name(_media(root)) or self.stem()
        record = record_with_facts(video, facts, [instance for _, instance in found], self.path)
        classes = class_list(_vocabulary(root, tiers), self.path)
        return AnnotationSet([record], complete_classes(classes, [record]))

    @classmethod
    def compose(cls, annotations: AnnotationSet, source: str, media: str) -> str:
        """The text of the file of one video.

        Raises:
            InputError: pympi-ling is not installed.
        """
        try:
            from pympi.Elan import Eaf, to_string
        except ImportError as error:
            raise InputError(
                'ELAN files are written by pympi-ling, which is not installed',
                file=source,
                remedy="run: pip install 'mmacl[annotation]'",
            ) from error
        [record] = annotations.records
        eaf = Eaf(author='mmacl')
        eaf.tiers, eaf.linguistic_types, eaf.properties = {}, {}, []
        file = quote(media.replace('{video}', record.video_name), safe='/:')
        beside = f'./{file.split("/")[-1]}'
        eaf.add_linked_file(file if '/' in file else beside, relpath=beside, mimetype='video/mp4')
        for key, value in {'video': record.video_name, **facts_of(record)}.items():
            eaf.add_property(_PROPERTY + key, value)
        eaf.add_linguistic_type(_ACTIONS)
        eaf.linguistic_types[_ACTIONS]['CONTROLLED_VOCABULARY_REF'] = _TIER
        eaf.add_linguistic_type(_SCORE, 'Symbolic_Association', timealignable=False)
        eaf.add_language(_LANGUAGE, 'http://cdb.iso.org/lg/CDB-00130975-001', 'undetermined (und)')
        eaf.add_controlled_vocabulary(_TIER)
        eaf.add_cv_description(_TIER, _LANGUAGE, '')
        for number, name in enumerate(annotations.label_names()):
            eaf.add_cv_entry(_TIER, f'cveid{number}', [(name, _LANGUAGE, None)])
        _add_instances(eaf, instances_of(record))
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{to_string(eaf)}\n'

    def _same(self, path: str) -> ElanAnnotations:
        return type(self)(path, self.tiers)

    def _chosen(self, root: Element) -> list[Element]:
        """The tiers to read."""
        tiers = {tier.get('TIER_ID', ''): tier for tier in root.iterfind('TIER')}
        for name, tier in tiers.items():
            parent = tier.get('PARENT_REF')
            if parent is not None and parent not in tiers:
                what = f'tier {name!r:.80} hangs on tier {parent!r:.80}, which is not there'
                raise InputError(what, file=self.path, remedy='correct the file in ELAN')
        unknown = next((name for name in self.tiers or () if name not in tiers), None)
        if unknown is not None:
            known = ', '.join(map(repr, tiers))
            raise InputError(f'no tier {unknown!r:.80}', file=self.path, remedy=f'choose among {known[:300] or "none"}')
        if self.tiers is not None:
            return [tiers[name] for name in self.tiers]
        return [tier for tier in tiers.values() if tier.get('PARENT_REF') is None]

    def _instance(
        self, item: Element, tier: Element, times: dict[str | None, str | None], scores: dict[str | None, str | None]
    ) -> Instance:
        """One annotation."""
        name = item.get('ANNOTATION_ID')
        place = f'annotation {name!r:.80}'
        seconds = []
        for key in ('TIME_SLOT_REF1', 'TIME_SLOT_REF2'):
            time = times.get(item.get(key))
            if time is None:
                what = f'{place}: time slot {item.get(key)!r:.80} is not there or has no time'
                raise InputError(what, file=self.path, remedy='correct the file in ELAN')
            if not re.fullmatch(r'-?\d{1,15}', time):
                what = f'{place}: time {time!r:.80} is not a whole number of milliseconds'
                raise InputError(what, file=self.path, remedy='correct the file in ELAN')
            seconds.append(int(time) / 1000)
        label = (item.findtext('ANNOTATION_VALUE') or '').strip('\n\r\t') or tier.get('TIER_ID', '')
        return Instance(seconds[0], seconds[1], label, read_score(scores.get(name), self.path, place))


def _add_instances(eaf: Any, instances: Sequence[Instance]) -> None:
    """Add time slots, tiers and annotations, as pympi documents its fields: it has no call for one without length.

    Numbers of annotations follow the order of the instances, numbers of time slots the time.
    """
    spans = [(round(found.start * 1000), round(found.end * 1000)) for found in instances]
    slots = sorted((time, index, side) for index, span in enumerate(spans) for side, time in enumerate(span))
    slot_of = {(index, side): f'ts{number}' for number, (_, index, side) in enumerate(slots, 1)}
    eaf.timeslots = {slot_of[index, side]: time for time, index, side in slots}
    scored = any(found.score is not None for found in instances)
    lanes = _lanes(spans)
    for lane in range(max(lanes, default=0) + 1):
        tier = _TIER if lane == 0 else f'{_TIER} {lane + 1}'
        eaf.add_tier(tier, _ACTIONS)
        if scored:
            eaf.add_tier(f'{_SCORE} of {tier}', _SCORE, tier)
        for index in sorted((index for index, number in enumerate(lanes) if number == lane), key=spans.__getitem__):
            found, name = instances[index], f'a{index + 1}'
            eaf.tiers[tier][0][name] = (slot_of[index, 0], slot_of[index, 1], found.label, None)
            if found.score is not None:
                below = f'a{len(instances) + index + 1}'
                eaf.tiers[f'{_SCORE} of {tier}'][1][below] = (name, repr(found.score), None, None)


def _lanes(spans: Sequence[tuple[int, int]]) -> list[int]:
    """A number for each span, as few as possible, so that spans of one number do not overlap."""
    lanes, free, count = [0] * len(spans), list[tuple[int, int]](), 0
    for index in sorted(range(len(spans)), key=lambda index: spans[index]):
        start, end = spans[index]
        if free and free[0][0] <= start:
            lane = free.pop(0)[1]
        else:
            lane, count = count, count + 1
        lanes[index] = lane
        bisect.insort(free, (end, lane))
    return lanes


def _number(item: Element) -> int:
    """The number in the id of an annotation, by which ELAN counts them."""
    digits = re.sub(r'[^0-9]', '', item.get('ANNOTATION_ID', ''))[:18]
    return int(digits) if digits else 0


def _media(root: Element) -> str:
    """The linked media file; empty: there is none."""
    item = root.find('HEADER/MEDIA_DESCRIPTOR')
    return '' if item is None else item.get('MEDIA_URL') or item.get('RELATIVE_MEDIA_URL') or ''


def _vocabulary(root: Element, tiers: Sequence[Element]) -> list[str]:
    """The values that the controlled vocabularies of the tiers list."""
    kinds = {tier.get('LINGUISTIC_TYPE_REF') for tier in tiers}
    wanted = {
        kind.get('CONTROLLED_VOCABULARY_REF')
        for kind in root.iterfind('LINGUISTIC_TYPE')
        if kind.get('LINGUISTIC_TYPE_ID') in kinds
    }
    entries = [
        entry
        for vocabulary in root.iterfind('CONTROLLED_VOCABULARY')
        if vocabulary.get('CV_ID') in wanted
        for entry in vocabulary
    ]
    values = [entry.findtext('CVE_VALUE') if entry.tag == 'CV_ENTRY_ML' else entry.text for entry in entries]
    return list(dict.fromkeys(value for value in values if value and value.strip()))
