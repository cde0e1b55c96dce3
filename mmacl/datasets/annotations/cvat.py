"""CVAT's XML for video: tracks, and runs of tags, as far as they mark intervals; one file a video."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from mmacl.datasets.annotations.annotation_format import Match, head_of
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
from mmacl.datasets.annotations.frame_times import frame_span, known_fps, span_times
from mmacl.datasets.annotations.text_format import VideoTextFormat, complete_classes, media_name
from mmacl.datasets.untrusted.xml_text import MAX_XML_BYTES, parse_xml
from mmacl.registry import ANNOTATION_READERS
from mmacl.utils.errors import InputError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ROOT = 'annotations'
_HEAD = re.compile(rb'<annotations>\s*<(version|meta|track|image)\b')
_KEPT = ('start', 'end', 'score')
# A mark in the corner: a track needs a shape, and this one fits into every video and hides nothing.
_SHAPE = {'occluded': '0', 'keyframe': '1', 'xtl': '0', 'ytl': '0', 'xbr': '32', 'ybr': '32', 'z_order': '0'}


@ANNOTATION_READERS.register_module()
class CvatAnnotations(VideoTextFormat):
    """Read and write ``annotations.xml`` of a CVAT task of one video.

    An instance is a stretch of a track from a shape that is visible to the next with ``outside="1"``; the shape itself
    means nothing. Tags in consecutive frames with one label are an instance too ("CVAT for images 1.1" has them).

    CVAT counts frames and does not say how many there are in a second. Times in seconds are written beside the frames,
    as attributes ``start`` and ``end`` of the label, and count until somebody moves the track: such a segment comes
    back to the last bit, a moved one to the frame. ``score`` is an attribute as well.

    Args:
        path: the ``.xml`` file, or a folder with one a video.
        fps: frames per second, for files that do not say; those written here do.
    """

    layout = 'cvat'
    form = 'annotations.xml of a CVAT task of one video, or a folder of such files'
    suffix = '.xml'
    keeps = frozenset({'duration', 'subset', 'fps', 'scores', 'classes'})
    max_bytes = MAX_XML_BYTES

    def __init__(self, path: str | PathLike[str], fps: float | None = None) -> None:
        super().__init__(path)
        self.fps = fps

    @classmethod
    def match_file(cls, file: Path) -> Match:
        """An ``.xml`` file with CVAT's elements near its start."""
        return Match.LIKELY if _HEAD.search(head_of(file)) else Match.NO

    def parse(self, text: str) -> AnnotationSet:
        """The record of one file.

        Raises:
            InputError: it is not well-formed or no file of CVAT, is of several tasks, a frame is not a whole number, or
                the frame rate is not known.
        """
        root = parse_xml(text, self.path, _ROOT, self.form)
        if root.find('meta/project') is not None:
            raise InputError('is of a project', file=self.path, remedy='export each task on its own')
        meta = root.find('meta/task')
        meta = root.find('meta/job') if meta is None else meta
        meta = ElementTree.Element('task') if meta is None else meta
        facts = {key: value for key in ('subset', 'duration', 'fps') if (value := (meta.findtext(key) or '').strip())}
        video = media_name((meta.findtext('source') or '').strip()) or (meta.findtext('name') or '').strip()
        video = video or self.stem()
        fps = known_fps(facts.get('fps', self.fps), 'CVAT', self.path, video)
        size = self._frame(meta.findtext('size'), 'size') if meta.findtext('size') else None
        step = re.fullmatch(r'step=(\d{1,6})', (meta.findtext('frame_filter') or '').strip())
        stride = max(int(step[1]), 1) if step else 1
        frames = size * stride if size else None
        if frames and 'fps' not in facts:  # a file of CVAT itself, which says no duration in seconds
            facts.setdefault('duration', str(frames / fps))
        facts['fps'] = str(fps)
        found = [*self._tracks(root, fps, frames, stride), *self._tags(root, fps, stride)]
        record = record_with_facts(video, facts, found, self.path)
        names = [label.findtext('name') or '' for label in meta.iterfind('labels/label')]
        return AnnotationSet([record], complete_classes(class_list(filter(None, names), self.path), [record]))

    @classmethod
    def compose(cls, annotations: AnnotationSet, source: str, media: str) -> str:
        """The text of the file of one video.

        Raises:
            InputError: the frame rate of the video is not known.
        """
        [record] = annotations.records
        fps = known_fps(record.fps, 'CVAT', source, record.video_name)
        instances = instances_of(record)
        size = math.ceil(record.duration * fps) if record.duration else 0
        if not record.duration:
            size = max((frame_span(found.start, found.end, fps)[1] for found in instances), default=1)
        root = ElementTree.Element(_ROOT)
        _add(root, 'version', '1.1')
        task = _add(_add(root, 'meta'), 'task')
        for key, text in {
            'name': record.video_name, 'size': size, 'mode': 'interpolation', 'start_frame': 0, 'stop_frame': size - 1,
            **facts_of(record), 'source': media.replace('{video}', record.video_name),
        }.items():  # fmt: skip
            _add(task, key, str(text))
        labels = _add(task, 'labels')
        for name in annotations.label_names():
            label = _add(labels, 'label')
            _add(label, 'name', name)
            attributes = _add(label, 'attributes')
            for key in _KEPT:
                attribute = _add(attributes, 'attribute')
                parts = {'name': key, 'mutable': 'False', 'input_type': 'text', 'default_value': '', 'values': ''}
                for part, text in parts.items():
                    _add(attribute, part, text)
        for number, found in enumerate(instances):
            first, stop = frame_span(found.start, found.end, fps, size)
            kind = 'manual' if found.score is None else 'auto'
            track = ElementTree.SubElement(root, 'track', id=str(number), label=found.label, source=kind)
            for frame, outside in ((first, '0'), (stop, '1')):
                if frame < size:
                    box = ElementTree.SubElement(track, 'box', {'frame': str(frame), 'outside': outside, **_SHAPE})
                    for key, value in zip(_KEPT, (found.start, found.end, found.score), strict=True):
                        _add(box, 'attribute', '' if value is None else repr(value)).set('name', key)
        ElementTree.indent(root)
        return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'

    def _same(self, path: str) -> CvatAnnotations:
        return type(self)(path, self.fps)

    def _tracks(self, root: Element, fps: float, frames: int | None, stride: int) -> Iterator[Instance]:
        """The stretches in which tracks are visible."""
        for track in root.iterfind('track'):
            label, place = track.get('label', ''), f'track {track.get("id")!r:.40}'
            shapes = [(self._frame(shape.get('frame'), place), shape) for shape in track if shape.get('frame')]
            shapes.sort(key=lambda pair: pair[0])
            first, begun = None, None
            for frame, shape in shapes:
                if shape.get('outside') == '1':
                    if first is not None and begun is not None:
                        yield self._instance(begun, (first, frame), label, fps, frames, place)
                    first = begun = None
                elif first is None:
                    first, begun = frame, shape
            if first is not None and begun is not None:
                stop = max(frames or 0, shapes[-1][0] + stride)
                yield self._instance(begun, (first, stop), label, fps, frames, place)

    def _instance(
        self, shape: Element, span: tuple[int, int], label: str, fps: float, frames: int | None, place: str
    ) -> Instance:
        """One stretch; the times beside the frames count if they mean the same frames."""
        kept = {item.get('name'): (item.text or '').strip() for item in shape.iterfind('attribute')}
        exact = None
        if kept.get('start') and kept.get('end'):
            exact = (read_seconds(kept['start'], self.path, place), read_seconds(kept['end'], self.path, place))
        start, end = span_times(span, fps, exact, frames)
        return Instance(start, end, label, read_score(kept.get('score'), self.path, place))

    def _tags(self, root: Element, fps: float, stride: int) -> Iterator[Instance]:
        """The runs of frames with one tag."""
        tagged: dict[str, set[int]] = {}
        for tag in root.iterfind('tag'):
            tagged.setdefault(tag.get('label', ''), set()).add(self._frame(tag.get('frame'), 'tag'))
        for image in root.iterfind('image'):
            for tag in image.iterfind('tag'):
                tagged.setdefault(tag.get('label', ''), set()).add(self._frame(image.get('id'), 'image'))
        for label, span in _runs(tagged, stride):
            yield Instance(span[0] / fps, span[1] / fps, label)

    def _frame(self, text: str | None, place: str) -> int:
        """The number of a frame."""
        if text is None or not re.fullmatch(r'\s*\d{1,9}\s*', text):
            raise InputError(f'{place}: frame {text!r:.80} is not a whole number', file=self.path, remedy='correct it')
        return int(text)


def _runs(tagged: Mapping[str, set[int]], stride: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Labels and half-open ranges of frames that are a stride apart."""
    for label, frames in tagged.items():
        first = last = -1
        for frame in sorted(frames):
            if first >= 0 and frame > last + stride:
                yield label, (first, last + stride)
                first = frame
            first, last = frame if first < 0 else first, frame
        yield label, (first, last + stride)


def _add(parent: Element, name: str, text: str | None = None) -> Element:
    """Add an element with a text."""
    element = ElementTree.SubElement(parent, name)
    element.text = text
    return element
