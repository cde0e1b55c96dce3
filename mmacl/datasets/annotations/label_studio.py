"""Label Studio's JSON: regions of a timeline, tracked regions and spans of seconds; all videos in one file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from mmacl.datasets.annotations.annotation_format import Match, ending, head_of
from mmacl.datasets.annotations.annotation_set import AnnotationSet, VideoRecord
from mmacl.datasets.annotations.entries import (
    Instance,
    facts_of,
    instances_of,
    read_score,
    read_seconds,
    record_with_facts,
)
from mmacl.datasets.annotations.frame_times import frame_span, known_fps, span_times
from mmacl.datasets.annotations.text_format import TextFormat, media_name
from mmacl.registry import ANNOTATION_READERS
from mmacl.utils.collected_errors import complain, entry
from mmacl.utils.errors import InputError
from mmacl.utils.strict_json import parse_strict_json

_FORM = '[{"data": {"video": ...}, "annotations": [{"result": [{"type": "timelinelabels", "value": ...}]}]}]'
_HEAD = re.compile(rb'(\xef\xbb\xbf)?\s*\[\s*\{.*"(annotations|completions|predictions)"\s*:\s*\[', re.DOTALL)
_UPLOADED = re.compile(r'/upload/(?:\d+/)?[0-9a-f]{8}-')
_LABELS = ('timelinelabels', 'videorectangle', 'labels')


@ANNOTATION_READERS.register_module()
class LabelStudioAnnotations(TextFormat):
    """Read and write tasks of Label Studio, as its export *JSON* has them (not *JSON-MIN*).

    Read are the ``annotations`` of a task, else its ``predictions``; the last of several, without cancelled ones. An
    instance is a range of ``timelinelabels`` (frames from 1, the last one included), a stretch in which a
    ``videorectangle`` is enabled, or a region of ``labels`` with ``start`` and ``end`` in seconds. Other regions are
    left out. The video is ``video_name`` of the task's ``data``, else the file name in ``video``,
    ``video_url``, ``url`` or ``audio``; ``subset``, ``duration`` and ``fps`` of ``data`` count.

    Written are ranges of ``timelinelabels``: ``annotations``, or ``predictions`` with a ``score`` each if the segments
    have scores. The times in seconds are kept in ``meta`` of each region, and count until somebody moves it: such a
    segment comes back to the last bit, a moved one to the frame. A second file holds the labeling interface.

    Args:
        path: the ``.json`` file.
        fps: frames per second, for tasks that do not say; those written here do.
    """

    layout = 'labelstudio'
    form = 'a .json file of Label Studio tasks'
    suffix = '.json'
    keeps = frozenset({'duration', 'subset', 'fps', 'scores'})

    def __init__(self, path: str | PathLike[str], fps: float | None = None) -> None:
        super().__init__(path)
        self.fps = fps

    @classmethod
    def match(cls, place: Path) -> Match:
        """A ``.json`` file with a list of tasks."""
        head = head_of(place) if ending(place) == '.json' else b''
        return Match.CERTAIN if _HEAD.match(head) and (b'"data"' in head or b'"result"' in head) else Match.NO

    def parse(self, text: str) -> AnnotationSet:
        """The records of all tasks.

        Raises:
            InputError: it is no list of tasks, a task names no video or one that another task names, a region has
                another form, or a frame rate is needed and not known.
        """
        tasks = parse_strict_json(text, self.path, _FORM)
        if not isinstance(tasks, list):
            raise InputError('is not a list of tasks', file=self.path, remedy=f'expected {_FORM}')
        records, several = dict[str, VideoRecord](), 0
        for number, task in enumerate(tasks, 1):
            place = f'task {number}'
            data = task.get('data') if isinstance(task, dict) else None
            if not isinstance(data, dict):
                raise InputError(f'{place}: no object "data"', file=self.path, remedy=f'expected {_FORM}')
            video = self._video(data, place)
            with entry(video):
                result, count = self._result(task, place)
                several += count > 1
                found = [found for region in result for found in self._instances(region, data, video)]
                if video in records:
                    complain(InputError(f'{place} is of it too', file=self.path, remedy='remove one', video=video))
                records.setdefault(video, record_with_facts(video, data, found, self.path))
        note = f'{several} tasks have several annotations, of which the last one is read'
        return AnnotationSet(list(records.values()), notes=(note,) if several else ())

    @classmethod
    def compose(cls, annotations: AnnotationSet, source: str, media: str) -> str:
        """The text of a file, one task a line.

        Raises:
            InputError: the frame rate of a video is not known.
        """
        tasks = []
        for number, record in enumerate(annotations.records, 1):
            fps = known_fps(record.fps, 'Label Studio', source, record.video_name)
            regions = [_region(index, found, fps) for index, found in enumerate(instances_of(record), 1)]
            video = media.replace('{video}', record.video_name)
            task: dict[str, Any] = {'id': number, 'data': {'video': video, 'video_name': record.video_name}}
            task['data'] |= facts_of(record)
            if record.scores is None:
                task['annotations'] = [{'result': regions}]
            else:
                task['predictions'] = [{'model_version': 'mmacl', 'result': regions}]
            tasks.append(json.dumps(task))
        return '[\n' + ',\n'.join(tasks) + '\n]\n'

    @classmethod
    def companion(cls, annotations: AnnotationSet) -> tuple[str, str]:
        """The labeling interface, which a project of these tasks needs."""
        rates = {record.fps for record in annotations.records}
        rate = f' frameRate={quoteattr(str(rates.pop()))}' if len(rates) == 1 else ''
        lines = [f'    <Label value={quoteattr(name)}/>' for name in annotations.label_names()]
        start = ['<View>', '  <TimelineLabels name="actions" toName="video">']
        end = ['  </TimelineLabels>', f'  <Video name="video" value="$video"{rate}/>', '</View>', '']
        return '.interface.xml', '\n'.join([*start, *lines, *end])

    def _video(self, data: Mapping[str, Any], place: str) -> str:
        """The name of the video of a task."""
        if isinstance(data.get('video_name'), str):
            return str(data['video_name'])
        values = [data[key] for key in ('video', 'video_url', 'url', 'audio') if key in data]
        value = next((value for value in values if isinstance(value, str) and value), None)
        if value is None:
            raise InputError(f'{place}: "data" has no "video"', file=self.path, remedy=f'expected {_FORM}')
        return media_name(_UPLOADED.sub('/', value))

    def _result(self, task: Mapping[str, Any], place: str) -> tuple[list[Any], int]:
        """The regions of a task, and how many annotations it has."""
        for key in ('annotations', 'completions', 'predictions'):
            listed = task.get(key) or []
            if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
                raise InputError(f'{place}: "{key}" is no list of objects', file=self.path, remedy=f'expected {_FORM}')
            valid = [item for item in listed if not item.get('was_cancelled')]
            if valid:
                result = valid[-1].get('result')
                if not isinstance(result, list):
                    raise InputError(f'{place}: no list "result"', file=self.path, remedy=f'expected {_FORM}')
                return result, 1 if key == 'predictions' else len(valid)
        return [], 0

    def _instances(self, region: Any, data: Mapping[str, Any], video: str) -> Iterator[Instance]:
        """The instances of a region: one for each range and label."""
        kind, value = (region.get('type'), region.get('value')) if isinstance(region, dict) else (None, None)
        if kind not in _LABELS or not isinstance(value, dict):
            return
        labels = value.get('labels' if kind == 'videorectangle' else kind)
        if not isinstance(labels, list) or not labels or not all(isinstance(label, str) for label in labels):
            raise InputError(f'region {region!r:.80} has no label', file=self.path, remedy='label it', video=video)
        if kind == 'labels' and 'start' not in value:
            return  # a span of text or of a time series
        score = read_score(region.get('score'), self.path, 'region')
        for start, end in self._times(kind, value, region, data, video):
            for label in labels:
                yield Instance(start, end, label, score)

    def _times(
        self, kind: str, value: Mapping[str, Any], region: Mapping[str, Any], data: Mapping[str, Any], video: str
    ) -> list[tuple[float, float]]:
        """Starts and ends in seconds."""
        if kind == 'labels':
            pairs: list[Any] = [(value.get('start'), value.get('end'))]
            return [(read_seconds(start, self.path), read_seconds(end, self.path)) for start, end in pairs]
        fps = known_fps(data.get('fps', self.fps), 'Label Studio', self.path, video)
        spans = self._ranges(value) if kind == 'timelinelabels' else self._stretches(value)
        meta = region.get('meta')
        seconds = meta.get('seconds') if isinstance(meta, dict) else None
        exact = None
        if isinstance(seconds, list) and len(seconds) == 2:
            exact = (read_seconds(seconds[0], self.path), read_seconds(seconds[1], self.path))
        return [span_times(span, fps, exact) for span in spans]

    def _ranges(self, value: Mapping[str, Any]) -> list[tuple[int, int]]:
        """Half-open ranges of frames of a region of a timeline."""
        ranges = value.get('ranges')
        if not isinstance(ranges, list) or not all(isinstance(item, dict) for item in ranges):
            raise InputError(f'{value!r:.80} has no "ranges"', file=self.path, remedy=f'expected {_FORM}')
        return [(self._frame(item.get('start')) - 1, self._frame(item.get('end'))) for item in ranges]

    def _stretches(self, value: Mapping[str, Any]) -> list[tuple[int, int]]:
        """Half-open ranges of frames in which a tracked region is enabled."""
        sequence = value.get('sequence')
        if not isinstance(sequence, list) or not all(isinstance(item, dict) for item in sequence):
            raise InputError(f'{value!r:.80} has no "sequence"', file=self.path, remedy=f'expected {_FORM}')
        keys = sorted((self._frame(item.get('frame')), item.get('enabled', True) is not False) for item in sequence)
        spans, first = [], None
        for frame, enabled in keys:
            first = frame - 1 if first is None else first
            if not enabled:
                spans.append((first, frame))
                first = None
        if first is not None:
            last = value.get('framesCount')
            spans.append((first, max(keys[-1][0], self._frame(last) if last is not None else 0)))
        return spans

    def _frame(self, value: Any) -> int:
        """The number of a frame."""
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 2**53:
            raise InputError(f'frame {value!r:.80} is not a whole number', file=self.path, remedy='correct it')
        return round(value)


def _region(number: int, found: Instance, fps: float) -> dict[str, Any]:
    """A region of a timeline."""
    first, stop = frame_span(found.start, found.end, fps)
    region: dict[str, Any] = {
        'id': f'mmacl{number}',
        'type': 'timelinelabels',
        'from_name': 'actions',
        'to_name': 'video',
        'value': {'ranges': [{'start': first + 1, 'end': stop}], 'timelinelabels': [found.label]},
        'meta': {'seconds': [found.start, found.end]},
    }
    return region | ({} if found.score is None else {'score': found.score})
