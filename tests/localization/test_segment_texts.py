"""Tables and subtitles of segments."""

from __future__ import annotations

import csv
import io

import pytest

from mmacl.localization import clock_text, csv_text, select_detections, srt_text, vtt_text


def found(label, start, end, score):
    return {'label': label, 'segment': [start, end], 'score': score, 'cluster': 0}


ROWS = [found('run & <b>jump</b>', 61.5, 3725.0004, 0.9), found('spin --> {x}', 2.0, 4.0, 0.5)]


@pytest.mark.parametrize(
    ('seconds', 'text'),
    [
        (0, '00:00:00.000'),
        (59.9996, '00:01:00.000'),
        (3661.0015, '01:01:01.002'),
        (360_000, '100:00:00.000'),
        (-0.2, '00:00:00.000'),
    ],
)
def test_times(seconds, text):
    assert clock_text(seconds) == text


def test_srt():
    assert srt_text(ROWS) == (
        '1\n00:00:02,000 --> 00:00:04,000\nspin --› (x) (0.50)\n\n'
        '2\n00:01:01,500 --> 01:02:05,000\nrun & ‹b›jump‹/b› (0.90)\n'
    )
    assert srt_text([]) == ''


def test_vtt():
    assert vtt_text(ROWS) == (
        'WEBVTT\n\n00:00:02.000 --> 00:00:04.000\nspin --&gt; {x} (0.50)\n\n'
        '00:01:01.500 --> 01:02:05.000\nrun &amp; &lt;b&gt;jump&lt;/b&gt; (0.90)\n'
    )
    assert vtt_text([]) == 'WEBVTT\n'


def test_a_label_of_several_lines_is_one_line():
    row = found('a\n\n2\n00:00:00,000 --> 00:00:01,000\nb', 0, 1, 1)
    assert srt_text([row]).count('\n') == 3
    assert vtt_text([row]).count('\n') == 4


def test_csv():
    text = csv_text({'b, "c"': ROWS, 'a': [], '=1+1': [found('@x', 1, 2, 0.25)], '-v': [found('-x|y', 1, 2, 0.25)]})
    rows = list(csv.reader(io.StringIO(text)))
    assert rows == [
        ['video', 'action', 'start', 'end', 'start_seconds', 'end_seconds', 'score'],
        ['b, "c"', 'spin --> {x}', '00:00:02.000', '00:00:04.000', '2.000', '4.000', '0.5'],
        ['b, "c"', 'run & <b>jump</b>', '00:01:01.500', '01:02:05.000', '61.500', '3725.000', '0.9'],
        ["'=1+1", "'@x", '00:00:01.000', '00:00:02.000', '1.000', '2.000', '0.25'],
        ['-v', "'-x|y", '00:00:01.000', '00:00:02.000', '1.000', '2.000', '0.25'],
    ]


def test_the_best_are_kept():
    rows = [found('a', 0, 1, score) for score in (0.1, 0.9, 0.5)]
    scores = lambda *args: [row['score'] for row in select_detections(rows, *args)]  # noqa: E731
    assert scores() == [0.9, 0.5, 0.1]
    assert scores(2) == [0.9, 0.5]
    assert scores(None, 0.5) == [0.9, 0.5]
    assert scores(1, 0.95) == []
