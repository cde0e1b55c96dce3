"""tools/dataset_converters/convert_annotations.py: into annotation tools, and back."""

import json
from collections import Counter

import numpy as np
import pytest

from mmacl.datasets.annotations import open_annotations
from mmacl.evaluation import read_detections
from tests.datasets.annotations.twenty_videos import VIDEOS, WRITERS

TOOL = 'dataset_converters/convert_annotations.py'
TOOLS = ('activitynet', 'audacity', 'coco', 'csv', 'cvat', 'elan', 'labelstudio', 'via')
FOLDERS = ('audacity', 'cvat', 'elan')
ENDINGS = dict.fromkeys(TOOLS, '.json') | dict.fromkeys(FOLDERS, '') | {'csv': '.csv'}


def convert(cli, *words):
    """Run the command; what it printed."""
    code, out, err = cli(TOOL, *words)
    assert code == 0, err
    return out


def assert_refused(cli, words, *says):
    code, _, err = cli(TOOL, *words)
    assert code == 2, err
    assert err.startswith('error: ')
    assert err.count('\n') == 1
    for text in says:
        assert text in err


def rows(annotations):
    """Videos with their instances, in any order."""
    return {
        record.video_name: Counter(
            (*times, label) for times, label in zip(np.round(record.segments, 3).tolist(), record.labels, strict=True)
        )
        for record in annotations.records
    }


@pytest.mark.parametrize(
    ('source', 'tool'), [*(('wtalc', tool) for tool in TOOLS), *((source, 'via') for source in WRITERS)]
)
def test_every_layout_goes_into_every_tool_and_back(cli, tmp_path, source, tool):
    path, out = WRITERS[source](tmp_path), tmp_path / f'out{ENDINGS[tool]}'
    printed = convert(cli, path, '--out', out, '--to', tool, '--fps', 25, '--subset', 'test')
    assert '10 videos, 20 segments of 2 actions' in printed
    back = convert(cli, out, '--out', tmp_path / 'back/again.json', '--to', 'activitynet')
    assert '10 videos, 20 segments of 2 actions' in back
    before = {name: count for name, count in rows(open_annotations(path)).items() if VIDEOS[name][0] == 'test'}
    assert rows(open_annotations(tmp_path / 'back/again.json')) == before


@pytest.fixture
def detections(tmp_path):
    """Detections of two videos; some have no length, or start too early."""
    found = {
        'video_01': [
            {'label': 'run', 'score': 0.25, 'segment': [-1, 2.5]},
            {'label': 'jump', 'score': 0.75, 'segment': [3, 4.5]},
            {'label': 'jump', 'score': 0.5, 'segment': [5, 5]},
        ],
        'video_00': [{'label': 'jump', 'score': 0.125, 'segment': [0.5, 1]}],
    }
    (tmp_path / 'results.json').write_text(json.dumps({'version': 'x', 'results': found, 'external_data': {}}))
    return tmp_path / 'results.json'


@pytest.mark.parametrize('tool', ['csv', 'cvat', 'elan', 'labelstudio', 'via', 'results'])
def test_found_actions_keep_their_scores(cli, tmp_path, detections, tool):
    out, back = tmp_path / f'out{ENDINGS.get(tool, ".json")}', tmp_path / 'back.json'
    printed = convert(cli, detections, '--out', out, '--to', tool, '--fps', 25)
    assert '1 detections without length are left out' in printed
    convert(cli, out, '--out', back, '--to', 'results')
    found = read_detections(back)
    by_video = {
        name: {
            (found.labels[row], found.scores[row], *found.segments[row])
            for row in np.flatnonzero(found.videos == number)
        }
        for number, name in enumerate(found.video_names)
    }
    assert by_video == {
        'video_01': {('run', 0.25, 0.0, 2.5), ('jump', 0.75, 3.0, 4.5)},
        'video_00': {('jump', 0.125, 0.5, 1.0)},
    }


def test_found_actions_are_corrected_in_a_tool_and_come_back_as_annotations(cli, tmp_path, detections):
    truth, eaf = WRITERS['activitynet'](tmp_path), tmp_path / 'eaf'
    convert(cli, detections, '--out', eaf, '--to', 'elan', '--facts', truth, '--top', 1)
    file = eaf / 'video_01.eaf'
    text = file.read_text()
    assert text.count('<ANNOTATION_VALUE>jump<') == 1
    assert '>run</CVE_VALUE>' in text  # to choose from
    file.write_text(text.replace('TIME_VALUE="4500"', 'TIME_VALUE="4750"').replace('VALUE>jump</ANN', 'VALUE>run</ANN'))
    printed = convert(cli, eaf, '--out', tmp_path / 'corrected.json', '--to', 'activitynet')
    assert 'left out, since activitynet has no place for it: scores' in printed
    content = json.loads((tmp_path / 'corrected.json').read_text())
    assert content['classes'] == ['jump', 'run']
    assert content['database']['video_01'] == {
        'subset': 'test', 'duration': 21.0, 'annotations': [{'segment': [3.0, 4.75], 'label': 'run'}],
    }  # fmt: skip


def test_only_the_best_are_converted(cli, tmp_path, detections):
    for option, number in ((('--min-score', 0.2), 2), (('--top', 1), 2), (('--min-score', 0.6), 1)):
        printed = convert(cli, detections, '--out', tmp_path / 'a.csv', '--to', 'csv', '--overwrite', *option)
        assert f'2 videos, {number} segments' in printed
    assert (tmp_path / 'a.csv').read_text().splitlines() == [
        'video,start,end,label,score',
        'video_01,00:00:03.000,00:00:04.500,jump,0.75',
        'video_00,,,,',
    ]


def test_what_is_there_is_not_replaced(cli, tmp_path):
    path = WRITERS['csv'](tmp_path)
    convert(cli, path, '--out', tmp_path / 'eaf', '--to', 'elan')
    (tmp_path / 'eaf/video_00.eaf').write_text('corrected')
    assert_refused(cli, (path, '--out', tmp_path / 'eaf', '--to', 'elan'), 'is there already', '--overwrite')
    assert (tmp_path / 'eaf/video_00.eaf').read_text() == 'corrected'
    assert_refused(cli, (path, '--out', path, '--to', 'csv'), 'is there already')
    convert(cli, path, '--out', tmp_path / 'eaf', '--to', 'elan', '--overwrite')
    assert len(open_annotations(tmp_path / 'eaf').records) == len(list((tmp_path / 'eaf').iterdir())) == 20


def test_one_video_may_be_one_file(cli, tmp_path):
    (tmp_path / 'a.csv').write_text('video,start,end,label\na,1,2,run\n')
    convert(cli, tmp_path / 'a.csv', '--out', tmp_path / 'x.eaf', '--to', 'elan', '--media', 'clips/{video}.mov')
    assert 'RELATIVE_MEDIA_URL="./a.mov"' in (tmp_path / 'x.eaf').read_text()
    (tmp_path / 'b.csv').write_text('video,start,end,label\na,1,2,run\nb,1,2,run\n')
    words = (tmp_path / 'b.csv', '--out', tmp_path / 'y.eaf', '--to', 'elan')
    assert_refused(cli, words, 'y.eaf: layout elan has a file for each of the 2 videos; name a folder')
    convert(cli, tmp_path / 'b.csv', '--out', tmp_path / 't.json', '--to', 'labelstudio', '--fps', 25)
    assert '<Label value="run"/>' in (tmp_path / 't.interface.xml').read_text()


CSV = 'video,start,end,label\n'


@pytest.mark.parametrize(
    ('text', 'words', 'says'),
    [
        ('a,-1,2,run\n', (), "video 'a': segment [-1, 2] of 'run' starts before the video"),
        ('a,2,1,run\n', (), "video 'a': segment [2, 1] of 'run' does not end after its start"),
        ('a,nan,1,run\n', (), "line 2: time 'nan' is not finite"),
        ('a,1,2,run\n', ('--to', 'voc'), "--to: layout 'voc' is not known; choose one of activitynet, audacity, coco,"),
        ('a,1,2,run\n', ('--to', 'thumos14'), '--to: layout thumos14 is only read; choose one of'),
        ('a,1,2,run\n', ('--from', 'voc'), "--from: layout 'voc' is not known; choose one of activitynet, audacity,"),
        ('a,1,2,run\n', ('--tiers', 'x'), '--tiers: layout csv has no tiers'),
        ('a,1,2,run\n', ('--to', 'cvat'), "video 'a': its frame rate is not known, and CVAT counts frames"),
        ('a,1,2,run\n', ('--media', 'x.mp4'), "--media: 'x.mp4' has no {video} in it"),
        ('a,1,2,run\n', ('--subset', 'test'), "no video in subset 'test'"),
        ('a:b,1,2,run\n', (), "video name 'a:b' holds ':', which some systems refuse"),
        ('a,1,2,run\nA,1,2,run\n', (), 'are one file on a disk that ignores case'),
    ],
)
def test_mistakes_are_told_in_one_line_and_nothing_is_written(cli, tmp_path, text, words, says):
    (tmp_path / 'a.csv').write_text(CSV + text)
    given = (tmp_path / 'a.csv', '--out', tmp_path / 'out', '--to', 'elan', *words)
    assert_refused(cli, given, says)
    assert not (tmp_path / 'out').exists() or not list((tmp_path / 'out').iterdir())


def test_a_fault_in_the_last_video_leaves_no_file(cli, tmp_path):
    (tmp_path / 'a.csv').write_text('video,start,end,label,fps\na,1,2,run,25\nb,1,2,run,\n')
    assert_refused(cli, (tmp_path / 'a.csv', '--out', tmp_path / 'out', '--to', 'cvat'), "video 'b': its frame rate")
    assert not list((tmp_path / 'out').iterdir())


def test_facts_of_other_videos(cli, tmp_path, detections):
    (tmp_path / 'a.csv').write_text(CSV + 'video_00,1,2,run\n')
    words = (detections, '--out', tmp_path / 'o', '--to', 'elan', '--facts', tmp_path / 'a.csv')
    assert_refused(cli, words, "a.csv: video 'video_01': is not there; name the annotations that belong to the videos")


@pytest.mark.parametrize('tool', TOOLS)
def test_real_annotations_go_into_every_tool_and_back(cli, tmp_path, shared_data, tool):
    """A part of THUMOS14, to the last bit in all formats but ELAN's, which counts milliseconds."""
    truth = open_annotations(shared_data / 'thumos14/wtalc')
    names = sorted(record.video_name for record in truth.records if record.subset == 'test')[:10]
    part = {record.video_name: record for record in truth.records if record.video_name in names}
    (tmp_path / 'part.json').write_text(
        json.dumps(
            {
                name: {
                    'subset': record.subset,
                    'duration': record.duration,
                    'annotations': [
                        {'segment': segment, 'label': label}
                        for segment, label in zip(record.segments.tolist(), record.labels, strict=True)
                    ],
                }
                for name, record in part.items()
            }
        )
    )
    out = tmp_path / f'out{ENDINGS[tool]}'
    convert(cli, tmp_path / 'part.json', '--out', out, '--to', tool, '--fps', 30)
    back = {record.video_name: record for record in open_annotations(out).records}
    assert sorted(back) == names
    for name, record in part.items():
        assert back[name].labels == record.labels
        difference = np.abs(back[name].segments - record.segments).max(initial=0)
        assert difference <= (0.0005 if tool == 'elan' else 0)
        if tool != 'audacity':
            assert (back[name].duration, back[name].subset) == (record.duration, record.subset)
