"""JSON of the VGG Image Annotator 3 (VIA): temporal segments of video; all videos in one file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mmacl.datasets.annotations.annotation_format import Match, ending, head_of
from mmacl.datasets.annotations.annotation_set import AnnotationSet
from mmacl.datasets.annotations.entries import (
    Instance,
    class_list,
    facts_of,
    instances_of,
    read_score,
    read_seconds,
    record_with_facts,
)
from mmacl.datasets.annotations.text_format import TextFormat, complete_classes, media_name
from mmacl.registry import ANNOTATION_READERS
from mmacl.utils.collected_errors import complain, entry
from mmacl.utils.errors import InputError
from mmacl.utils.strict_json import parse_strict_json

_FORM = '{"project", "attribute", "file", "metadata", "view"} of VIA 3'
_HEAD = re.compile(rb'"vid_list"\s*:')
_SEGMENT, _FILE = 'FILE1_Z2_XY0', 'FILE1_Z0_XY0'  # what an attribute belongs to
_TEXT, _CHECKBOX, _SELECT = 1, 2, 4  # how it is entered
_VIDEO = 4
_ACTION, _SCORE = 'action', 'score'
_FACTS = ('subset', 'duration', 'fps')


@ANNOTATION_READERS.register_module()
class ViaAnnotations(TextFormat):
    """Read and write projects of VIA 3.

    An instance is a temporal segment, in seconds; its label is the value of the first attribute of temporal segments
    that is not called ``score``. Classes are the options of that attribute, if every label is one of them. Segments of
    space, and points in time, are left out. The video is the file name, without the ending of a media file. Attributes
    of the file called ``subset``, ``duration`` and ``fps`` count, and ``score`` of a segment.

    Args:
        path: the ``.json`` file.
    """

    layout = 'via'
    form = 'a .json file of VIA 3'
    suffix = '.json'
    keeps = frozenset({'duration', 'subset', 'fps', 'scores', 'classes'})

    @classmethod
    def match(cls, place: Path) -> Match:
        """A ``.json`` file with VIA's list of views near its start."""
        return Match.CERTAIN if ending(place) == '.json' and _HEAD.search(head_of(place)) else Match.NO

    def parse(self, text: str) -> AnnotationSet:
        """The records of all views.

        Raises:
            InputError: it is no project of VIA 3, a view shows several files or a file that another view shows, a
                segment has no label, or a value has another form.
        """
        content = parse_strict_json(text, self.path, _FORM)
        content = content if isinstance(content, dict) else {}
        files, views, metadata, attributes = (
            self._objects(content, key) for key in ('file', 'view', 'metadata', 'attribute')
        )
        label = next((a for a in attributes.items() if _anchor(a[1]) == _SEGMENT and a[1].get('aname') != _SCORE), None)
        names = {self._video(number, view, files): number for number, view in views.items()}
        if len(names) < len(views):
            shown = [self._video(number, view, files) for number, view in views.items()]
            twice = next(name for name in shown if shown.count(name) > 1)
            complain(InputError('two views show it', file=self.path, remedy='remove one', video=twice))
        video_of = {number: name for name, number in names.items()}
        found: dict[str, list[Instance]] = {name: [] for name in names}
        facts: dict[str, dict[str, Any]] = {name: {} for name in names}
        for key, item in metadata.items():
            place, name = f'metadata {key!r:.40}', video_of.get(str(item.get('vid')))
            if name is None:
                if str(item.get('vid')) in views:
                    continue
                raise InputError(f'{place}: no view {item.get("vid")!r:.40}', file=self.path, remedy='correct it')
            times, values = item.get('z'), item.get('av')
            if not isinstance(times, list) or not isinstance(values, dict) or not isinstance(item.get('xy'), list):
                raise InputError(f'{place}: no "z", "xy" or "av"', file=self.path, remedy=f'expected {_FORM}')
            with entry(name):
                if len(times) == 2 and not item['xy']:
                    found[name] += self._instances(times, values, attributes, label, place)
                elif not times and not item['xy']:
                    facts[name] |= {key: value for key, value in _named(values, attributes).items() if key in _FACTS}
        records = []
        for name in names:
            with entry(name):
                records.append(record_with_facts(name, facts[name], found[name], self.path))
        options = label[1].get('options') if label else None
        classes = class_list(options.values(), self.path) if isinstance(options, dict) else ()
        return AnnotationSet(records, complete_classes(classes, records))

    @classmethod
    def compose(cls, annotations: AnnotationSet, source: str, media: str) -> str:
        """The text of a file, one segment a line."""
        names = annotations.label_names()
        options = {name: str(number) for number, name in enumerate(names)}
        attribute: dict[str, Any] = {
            '1': _attribute(_ACTION, _SEGMENT, _SELECT, {number: name for name, number in options.items()}),
            '2': _attribute(_SCORE, _SEGMENT, _TEXT),
            **{str(3 + index): _attribute(fact, _FILE, _TEXT) for index, fact in enumerate(_FACTS)},
        }
        files, views, rows = dict[str, Any](), dict[str, Any](), list[str]()
        for number, record in enumerate(annotations.records, 1):
            vid = str(number)
            name = media.replace('{video}', record.video_name)
            files[vid] = {'fid': vid, 'fname': name, 'type': _VIDEO, 'loc': 2 if '://' in name else 1, 'src': name}
            views[vid] = {'fid_list': [vid]}
            facts = {str(3 + _FACTS.index(key)): str(value) for key, value in facts_of(record).items()}
            items: list[dict[str, Any]] = [{'vid': vid, 'flg': 0, 'z': [], 'xy': [], 'av': facts}] if facts else []
            for found in instances_of(record):
                values = {'1': options[found.label]} | ({} if found.score is None else {'2': repr(found.score)})
                items.append({'vid': vid, 'flg': 0, 'z': [found.start, found.end], 'xy': [], 'av': values})
            rows += [f'"{vid}_{index}": {json.dumps(item)}' for index, item in enumerate(items)]
        project = {
            'pid': '__VIA_PROJECT_ID__',
            'rev': '__VIA_PROJECT_REV_ID__',
            'rev_timestamp': '__VIA_PROJECT_REV_TIMESTAMP__',
            'pname': 'mmacl',
            'creator': 'mmacl',
            'data_format_version': '3.1.1',
            'vid_list': list(views),
        }
        config = {'file': {'loc_prefix': dict.fromkeys('1234', '')}, 'ui': {'file_content_align': 'center'}}
        parts = {'project': project, 'config': config, 'attribute': attribute, 'file': files, 'view': views}
        lines = [f'{json.dumps(key)}: {json.dumps(value)}' for key, value in parts.items()]
        return '{' + ',\n'.join([*lines, '"metadata": {\n' + ',\n'.join(rows) + '\n}']) + '}\n'

    def _objects(self, content: Mapping[str, Any], key: str) -> dict[str, dict[str, Any]]:
        """One of the parts of a project: objects by id."""
        part = content.get(key)
        if not isinstance(part, dict) or not all(isinstance(item, dict) for item in part.values()):
            raise InputError(f'no object "{key}" of objects', file=self.path, remedy=f'expected {_FORM}')
        return part

    def _video(self, number: str, view: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]]) -> str:
        """The name of the video of a view."""
        shown = view.get('fid_list')
        file = files.get(str(shown[0])) if isinstance(shown, list) and len(shown) == 1 else None
        name = file.get('fname') if file else None
        if not isinstance(name, str):
            raise InputError(f'view {number!r:.40} does not show one file', file=self.path, remedy=f'expected {_FORM}')
        return media_name(name)

    def _instances(
        self,
        times: list[Any],
        values: Mapping[str, Any],
        attributes: Mapping[str, Mapping[str, Any]],
        label: tuple[str, Mapping[str, Any]] | None,
        place: str,
    ) -> Iterator[Instance]:
        """The instances of a temporal segment: one for each label."""
        start, end = (read_seconds(time, self.path, place) for time in times)
        value = values.get(label[0]) if label else None
        if label is None or not isinstance(value, str) or not value:
            raise InputError(f'{place}: a segment without a label', file=self.path, remedy='label it in VIA')
        options = label[1].get('options')
        options = options if isinstance(options, dict) else {}
        chosen = value.split(',') if label[1].get('type') == _CHECKBOX else [value]
        score = read_score(_named(values, attributes).get(_SCORE), self.path, place)
        for one in chosen:
            name = options.get(one, one)
            if not isinstance(name, str):
                raise InputError(f'{place}: {name!r:.80} is not a label', file=self.path, remedy='correct it')
            yield Instance(start, end, name, score)


def _attribute(name: str, anchor: str, kind: int, options: Mapping[str, str] | None = None) -> dict[str, Any]:
    """An attribute that a person enters."""
    return {
        'aname': name,
        'anchor_id': anchor,
        'type': kind,
        'desc': name,
        'options': dict(options or {}),
        'default_option_id': '',
    }


def _anchor(attribute: Mapping[str, Any]) -> Any:
    """What an attribute belongs to."""
    return attribute.get('anchor_id')


def _named(values: Mapping[str, Any], attributes: Mapping[str, Mapping[str, Any]]) -> dict[Any, Any]:
    """The values of attributes by their names."""
    return {attributes[key].get('aname'): value for key, value in values.items() if key in attributes}
