"""Labels of Audacity: lines ``start<TAB>end<TAB>label``, one file a video."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from mmacl.datasets.annotations.annotation_format import Match, head_of
from mmacl.datasets.annotations.annotation_set import AnnotationSet
from mmacl.datasets.annotations.entries import Row, build_record, instances_of, read_seconds
from mmacl.datasets.annotations.text_format import VideoTextFormat
from mmacl.registry import ANNOTATION_READERS
from mmacl.utils.collected_errors import complain, entry
from mmacl.utils.errors import InputError

_LINE = re.compile(r'\s*-?\d+(\.\d*)?\t\s*-?\d+(\.\d*)?\t')
_FREQUENCIES = '\\'  # the second line of a label that was made in a spectrogram


@ANNOTATION_READERS.register_module()
class AudacityAnnotations(VideoTextFormat):
    """Read and write label tracks of Audacity, in seconds.

    The video is the name of the file. Durations, subsets, scores and lists of classes have no place in the format.

    Args:
        path: a ``.txt`` file, or a folder with one a video.
    """

    layout = 'audacity'
    form = 'a .txt file of lines "start<TAB>end<TAB>label" as Audacity writes it, or a folder of them'
    suffix = '.txt'
    keeps = frozenset()

    @classmethod
    def match_file(cls, file: Path) -> Match:
        """A ``.txt`` file whose first line has two times and a label, with tabs between them."""
        lines = head_of(file).decode('utf-8-sig', errors='replace').splitlines()[:20]
        return Match.LIKELY if _LINE.match(next(filter(str.strip, lines), '')) else Match.NO

    def parse(self, text: str) -> AnnotationSet:
        """The record of one file.

        Raises:
            InputError: a line is not two times and a label.
        """
        video = self.stem()
        rows: list[Row] = []
        for number, line in enumerate(text.split('\n'), 1):
            if not line.strip() or line.startswith(_FREQUENCIES):
                continue
            with entry(video):
                times, label = line.split('\t')[:2], line.split('\t', 2)[2:]
                if not label or not label[0]:
                    what = f'line {number}: {line[:80]!r} is not two times and a label with tabs between them'
                    complain(InputError(what, file=self.path, remedy='correct the line'))
                    continue
                start, end = (read_seconds(time.strip(), self.path, f'line {number}') for time in times)
                rows.append((start, end, label[0]))
        return AnnotationSet([build_record(video, '', None, rows, self.path)])

    @classmethod
    def compose(cls, annotations: AnnotationSet, source: str, media: str) -> str:
        """The text of the file of one video."""
        [record] = annotations.records
        return ''.join(
            f'{_decimal(start)}\t{_decimal(end)}\t{label}\n' for start, end, label, _ in instances_of(record)
        )


def _decimal(seconds: float) -> str:
    """A number with six decimals, as Audacity writes it, or with more where it has more."""
    exact = f'{Decimal(repr(seconds)):f}'
    return exact if len(exact.partition('.')[2]) > 6 else f'{seconds:.6f}'
