"""COCO's JSON, with videos as images and segments as boxes ``[start, 0, length, 1]``."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeGuard

from mmacl.datasets.annotations.annotation_format import Match, ending, head_of
from mmacl.datasets.annotations.annotation_set import AMBIGUOUS, AnnotationSet, VideoRecord
from mmacl.datasets.annotations.entries import Row, build_record, class_list, normal_label, read_seconds
from mmacl.datasets.annotations.text_format import TextFormat
from mmacl.registry import ANNOTATION_READERS
from mmacl.utils.collected_errors import entry as an_entry
from mmacl.utils.errors import InputError
from mmacl.utils.strict_json import parse_strict_json, read_strict_json

CocoId = int | str | float
"""COCO's ids are numbers; names of videos and classes do as well."""

_FORM = (
    '{"images": [{"id", "file_name": "<video>"}], "categories": [{"id", "name"}], '
    '"annotations": [{"image_id", "category_id", "bbox": [start, 0, length, 1]}]}'
)
_KEYS = re.compile(rb'"(?:images|categories)"\s*:\s*\[|"image_id"\s*:')
# A length is rounded to the nearest number, so that start + length is not the end to the last bit.
_SAME_TIME = 1e-6


@ANNOTATION_READERS.register_module()
class CocoAnnotations(TextFormat):
    """Read COCO's ``images``, ``categories`` and ``annotations``, whose boxes are ``[start, 0, length, 1]`` in seconds.

    ``file_name`` of an image is the name of the video. Its ``duration``, or else its ``width`` if its ``height`` is 1,
    is the duration in seconds; ``subset`` and ``fps`` are read where they are there. Classes are in the order of their
    ids. A box with ``iscrowd`` 1, or of a category called ``Ambiguous``, is an ambiguous segment; one that several
    categories have counts once. ``segment``, a pair of start and end, gives the times to the last bit. Other keys are
    ignored.

    Args:
        path: the JSON file.
    """

    layout = 'coco'
    form = 'a .json file in COCO form with boxes [start, 0, length, 1]'
    suffix = '.json'
    keeps = frozenset({'duration', 'subset', 'fps', 'classes'})

    @classmethod
    def match(cls, place: Path) -> Match:
        """A ``.json`` file with COCO's keys near its start."""
        if ending(place) != '.json' or not place.is_file():
            return Match.NO
        return Match.CERTAIN if _KEYS.search(head_of(place)) else Match.NO

    def read(self) -> AnnotationSet:
        """Read the file whole.

        :class:`RecordRules` judges whether the values make sense, for the videos that are used.

        Raises:
            InputError: the file cannot be read, is not JSON (NaN is not JSON), or is not laid out as described above;
                an id, a video or a class is there twice; an annotation has an id that is not listed.
        """
        return self._set(self._content())

    def names(self) -> tuple[dict[CocoId, str], dict[CocoId, str]]:
        """Names of the videos and of the classes by id, which COCO's files of detections need.

        Raises:
            InputError: as :meth:`read`; annotations are not read.
        """
        content = self._content()
        return self._named(content, 'images', 'file_name'), self._named(content, 'categories', 'name')

    def parse(self, text: str) -> AnnotationSet:
        """The records of a text, as :meth:`read`."""
        return self._set(parse_strict_json(text, self.path, _FORM))

    @classmethod
    def compose(cls, annotations: AnnotationSet, source: str, media: str) -> str:
        """The text of a file, one image or annotation a line.

        Ids count from 1. An ambiguous segment is a crowd of every class, since COCOeval looks for it in each. A set
        without a list of classes gets the one of :meth:`AnnotationSet.class_names`.

        Raises:
            InputError: a label is not a class.
        """
        classes = annotations.class_names() or ()
        ids = {name: i for i, name in enumerate(classes or (AMBIGUOUS,), 1)}
        images, boxes = list[dict[str, Any]](), list[dict[str, Any]]()
        for image_id, record in enumerate(annotations.records, 1):
            unknown = [label for label in record.labels if label not in ids]
            if unknown:
                what = f'{unknown[0]!r:.80} is not in the list of classes'
                raise InputError(what, file=source, remedy='correct the annotation', video=record.video_name)
            images.append(_image(image_id, record))
            boxes += _boxes(image_id, record, ids)
        lists = {
            'images': images,
            'categories': [{'id': i, 'name': name} for name, i in ids.items()],
            'annotations': [{'id': i, **box} for i, box in enumerate(boxes, 1)],
        }
        parts = [
            f'{json.dumps(key)}: [\n' + ',\n'.join(map(json.dumps, entries)) + '\n]' for key, entries in lists.items()
        ]
        return '{' + ',\n'.join(parts) + '}\n'

    def _content(self) -> dict[str, Any]:
        """The parsed file."""
        content = read_strict_json(self.path, f'a JSON file {_FORM}')
        if isinstance(content, list) and content and isinstance(content[0], dict) and 'score' in content[0]:
            raise InputError('is a list of detections, no annotations', file=self.path, remedy=f'expected {_FORM}')
        return content if isinstance(content, dict) else {}

    def _set(self, content: Mapping[str, Any]) -> AnnotationSet:
        """The records of the parsed file."""
        videos = self._named(content, 'images', 'file_name')
        categories = self._named(content, 'categories', 'name')
        rows: dict[CocoId, list[Row]] = {image_id: [] for image_id in videos}
        crowds: dict[CocoId, dict[CocoId, list[Row]]] = {image_id: {} for image_id in videos}
        for annotation in self._entries(content, 'annotations'):
            image_id = self._known(annotation, 'image_id', videos)
            with an_entry(videos[image_id]):
                category_id = self._known(annotation, 'category_id', categories)
                start, end = self._times(annotation)
                crowd = annotation.get('iscrowd', 0)
                if crowd not in (0, 1):
                    raise InputError(f'"iscrowd" {crowd!r:.80} is not 0 or 1', file=self.path, remedy='correct it')
                if crowd or categories[category_id] == AMBIGUOUS:
                    crowds[image_id].setdefault(category_id, []).append((start, end, AMBIGUOUS))
                else:
                    rows[image_id].append((start, end, categories[category_id]))
        records = []
        for image in self._entries(content, 'images'):
            with an_entry(image['file_name']):
                instances = rows[image['id']] + _union(crowds[image['id']].values())
                records.append(self._record(image, instances))
        ids = sorted(categories, key=lambda known: (isinstance(known, str), known))
        return AnnotationSet(records, class_list((categories[known] for known in ids), self.path) or None)

    def _record(self, image: Mapping[str, Any], rows: list[Row]) -> VideoRecord:
        """One video."""
        subset = image.get('subset') or ''
        if not isinstance(subset, str):
            raise InputError(f'"subset" {subset!r:.80} is not a name', file=self.path, remedy='write it in quotes')
        stated = image.get('duration', image.get('width') if image.get('height') == 1 else None)
        duration = None if stated is None else read_seconds(stated, self.path, finite=False)
        fps = image.get('fps')
        fps = float(fps) if isinstance(fps, (int, float)) and fps > 0 else None
        return build_record(image['file_name'], subset, duration, rows, self.path, fps)

    def _times(self, annotation: Mapping[str, Any]) -> tuple[float, float]:
        """Start and end of an annotation."""
        start, end = box_times(annotation.get('bbox'), self.path)
        segment = annotation.get('segment')
        if segment is None:
            return start, end
        if not isinstance(segment, list) or len(segment) != 2:
            raise InputError(f'"segment" {segment!r:.80} is not [start, end]', file=self.path, remedy='correct it')
        times = [read_seconds(time, self.path, finite=False) for time in segment]
        if max(abs(times[0] - start), abs(times[1] - end)) > _SAME_TIME:
            raise InputError(
                f'"segment" {times} and "bbox" {annotation["bbox"]} differ',
                file=self.path,
                remedy='correct one of them',
            )
        return times[0], times[1]

    def _named(self, content: Mapping[str, Any], key: str, name_key: str) -> dict[CocoId, str]:
        """Names by id."""
        names: dict[CocoId, str] = {}
        for item in self._entries(content, key):
            number, name = item.get('id'), item.get(name_key)
            if not is_coco_id(number) or not isinstance(name, str):
                what = f'{item!r:.80} in "{key}" has no "id" or no "{name_key}"'
                raise InputError(what, file=self.path, remedy=f'expected {_FORM}')
            if number in names:
                raise InputError(f'id {number!r:.80} is twice in "{key}"', file=self.path, remedy='change one of them')
            names[number] = normal_label(name) if key == 'categories' else name
        if len(set(names.values())) < len(names):
            twice, _ = Counter(names.values()).most_common(1)[0]
            raise InputError(f'{twice!r:.80} is twice in "{key}"', file=self.path, remedy='remove one of them')
        return names

    def _entries(self, content: Mapping[str, Any], key: str) -> Iterator[dict[str, Any]]:
        """The objects of one of the three lists."""
        entries = content.get(key)
        if not isinstance(entries, list):
            raise InputError(f'no list "{key}"', file=self.path, remedy=f'expected {_FORM}')
        for item in entries:
            if not isinstance(item, dict):
                raise InputError(
                    f'{item!r:.80} in "{key}" is not an object', file=self.path, remedy=f'expected {_FORM}'
                )
            yield item

    def _known(self, annotation: Mapping[str, Any], key: str, names: Mapping[CocoId, str]) -> CocoId:
        """An id of the annotation that is listed."""
        number = annotation.get(key)
        if not is_coco_id(number) or number not in names:
            listed = 'images' if key == 'image_id' else 'categories'
            raise InputError(
                f'"{key}" {number!r:.80} is not an id in "{listed}"', file=self.path, remedy=f'add it to "{listed}"'
            )
        return number


def is_coco_id(value: Any) -> TypeGuard[CocoId]:
    """Whether a value can be an id; NumPy makes 1.0 of 1, which Python takes for the same key."""
    return (isinstance(value, (int, str)) and not isinstance(value, bool)) or (
        isinstance(value, float) and value.is_integer()
    )


def box_times(box: Any, source: str) -> tuple[float, float]:
    """Start and end of a box ``[start, 0, length, 1]``.

    Raises:
        InputError: it is no such box. A negative length passes.
    """
    if isinstance(box, list) and len(box) == 4 and box[1] == 0 and box[3] == 1:
        start, length = (read_seconds(value, source, finite=False) for value in (box[0], box[2]))
        return start, start + length
    raise InputError(
        f'"bbox" {box!r:.80} is not [start, 0, length, 1]', file=source, remedy='write a segment as a box of height 1'
    )


def segment_box(start: float, end: float) -> list[float]:
    """The box of a segment."""
    return [start, 0, end - start, 1]


def _image(image_id: int, record: VideoRecord) -> dict[str, Any]:
    """The entry of a video."""
    image: dict[str, Any] = {'id': image_id, 'file_name': record.video_name}
    if record.duration is not None:
        image |= {'duration': float(record.duration), 'width': float(record.duration), 'height': 1}
    if record.fps is not None:
        image['fps'] = float(record.fps)
    return image | ({'subset': record.subset} if record.subset else {})


def _boxes(image_id: int, record: VideoRecord, ids: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Annotations of a video; they still lack their ids."""
    instances = [(*pair, ids[label], 0) for pair, label in zip(record.segments.tolist(), record.labels, strict=True)]
    instances += [(*pair, number, 1) for number in ids.values() for pair in record.ambiguous.tolist()]
    for start, end, number, crowd in instances:
        box = segment_box(start, end)
        yield {
            'image_id': image_id,
            'category_id': number,
            'bbox': box,
            'area': box[2],
            'iscrowd': crowd,
            'segment': [start, end],
        }


def _union(lists: Iterable[list[Row]]) -> list[Row]:
    """All rows; one that several lists have as often as the list that has it most often."""
    result: list[Row] = []
    for rows in lists:
        left: Counter[Hashable] = Counter(result)
        for row in rows:
            if left[row]:
                left[row] -= 1
            else:
                result.append(row)
    return result
