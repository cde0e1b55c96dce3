"""Formats of annotation tools: what is written comes back, and files as the tools write them are read."""

import json
import sys
from itertools import pairwise

import numpy as np
import pytest

from mmacl.datasets.annotations import AnnotationSet, VideoRecord, open_annotations
from mmacl.datasets.annotations.annotation_format import format_named
from mmacl.datasets.annotations.frame_times import frame_span, span_times
from mmacl.datasets.annotations.text_format import media_name
from mmacl.utils import InputError

TOOLS = ('audacity', 'csv', 'cvat', 'elan', 'labelstudio', 'via')
LABELS = ('jump & "run" <b>', "l'été, ça; va", '跳 # %41 \\ /', '=1+1', '- -', 'jump & "run" <b>')
SEGMENTS = [[0.1, 0.2 + 0.1], [2 / 3, 5.5], [0, 1e-3], [12.4, 13.1], [3, 3], [0.1, 0.3]]


def record(name='v_1.5 100%25 ü', scores=(0.5, np.nan, 1 / 3, 1, 0, -2.5), **facts):
    facts = dict(subset='test set', duration=12.34567, fps=30000 / 1001) | facts
    scores = None if scores is None else np.array(scores)
    return VideoRecord(
        name, segments=np.array(SEGMENTS), labels=LABELS, ambiguous=np.array([[4.0, 5.0]]), scores=scores, **facts
    )


def written(tmp_path, layout, annotations):
    """Write with the format; the path."""
    kind = format_named(layout)
    if layout in ('audacity', 'cvat', 'elan'):
        (tmp_path / layout).mkdir()
        for one in annotations.records:
            text = kind.text(AnnotationSet([one], annotations.class_names()), 'gt.json')
            (tmp_path / layout / (one.video_name + kind.suffix)).write_text(text, encoding='utf-8')
        return tmp_path / layout
    path = tmp_path / f'out{kind.suffix}'
    path.write_text(kind.text(annotations, 'gt.json'), encoding='utf-8')
    return path


@pytest.mark.parametrize('layout', TOOLS)
@pytest.mark.parametrize('scores', [True, False])
def test_a_round_trip_loses_nothing_that_the_format_can_say(tmp_path, layout, scores):
    before = AnnotationSet(
        [record() if scores else record(scores=None), record('another'), VideoRecord('none at all', 'train', fps=25.0)],
        ('z, never', *sorted(set(LABELS))),
    )
    back = open_annotations(written(tmp_path, layout, before))
    kind = format_named(layout)
    places = {'duration', 'subset', 'fps', 'scores', 'classes'}
    assert kind.keeps >= ({'scores', 'fps'} if layout != 'audacity' else set())
    assert set(kind.lost(before)) == places - kind.keeps
    assert (back.classes == before.classes) == ('classes' in kind.keeps)
    found = {one.video_name: one for one in back.records}
    assert sorted(found) == sorted(one.video_name for one in before.records)
    for one in before.records:
        other = found[one.video_name]
        assert other.labels == one.labels
        np.testing.assert_allclose(other.segments, one.segments, rtol=0, atol=5e-4 if layout == 'elan' else 0)
        np.testing.assert_array_equal(other.ambiguous, one.ambiguous)
        for fact in ('duration', 'subset', 'fps'):
            if fact in kind.keeps:
                assert getattr(other, fact) == getattr(one, fact)
        if one.scores is None or 'scores' not in kind.keeps:
            assert other.scores is None
        else:
            np.testing.assert_array_equal(other.scores, one.scores)


@pytest.mark.parametrize('layout', TOOLS)
def test_what_would_come_back_changed_is_not_written(layout):
    kind = format_named(layout)
    if layout in ('csv',):
        with pytest.raises(InputError, match=r"video 'a'.* changes when it is written and read again"):
            kind.text(AnnotationSet([VideoRecord('a', segments=np.ones((1, 2)), labels=(' run',), fps=25.0)]), 'gt')
    for wrong in (np.nan, np.inf):
        with pytest.raises(InputError, match=r"'a': time or rate .* is not finite"):
            kind.text(AnnotationSet([VideoRecord('a', segments=np.full((1, 2), wrong), labels=('x',), fps=25.0)]), 'gt')


@pytest.mark.parametrize('layout', ['cvat', 'labelstudio'])
def test_tools_that_count_frames_need_a_rate(tmp_path, layout):
    one = VideoRecord('a', segments=np.array([[1.0, 2.0]]), labels=('run',))
    with pytest.raises(InputError, match=r"'a': its frame rate is not known.*--fps"):
        format_named(layout).text(AnnotationSet([one]), 'gt.json')


def test_frames_of_a_segment():
    assert frame_span(1.0, 2.0, 25) == (25, 50)
    assert frame_span(3.0, 3.0, 25) == (75, 76)
    assert frame_span(3.9, 9.0, 25, 100) == (98, 100)
    assert frame_span(9.0, 9.5, 25, 100) == (99, 100)
    assert frame_span(0, 1e308, 1e9)[1] == 2**53
    assert span_times((25, 50), 25, (1.004, 2.004)) == (1.004, 2.004)
    assert span_times((26, 50), 25, (1.004, 2.004)) == (1.04, 2.0)
    assert span_times((25, 50), 25, None) == (1.0, 2.0)


@pytest.mark.parametrize(
    ('path', 'name'),
    [
        ('file:///C:/My%20Videos/a%20b.MP4', 'a b'),
        ('C:\\videos\\a.b.mov', 'a.b'),
        ('./v_1.5', 'v_1.5'),
        ('/data/local-files/?d=clip.webm', 'clip'),
        ('https://host/x/100%25.mp4', '100%'),
        ('100%25.mp4', '100%25'),
        ('.mp4', '.mp4'),
        ('', ''),
    ],
)
def test_the_name_of_a_video_by_its_file(path, name):
    assert media_name(path) == name


def test_pympi_reads_what_is_written_for_elan(tmp_path):
    from pympi.Elan import Eaf

    path = written(tmp_path, 'elan', AnnotationSet([record('a')])) / 'a.eaf'
    eaf = Eaf(str(path))
    tiers = [name for name in eaf.get_tier_names() if name.startswith('actions')]
    found = [row for tier in tiers for row in eaf.get_annotation_data_for_tier(tier)]
    expected = [(*pair, label) for pair, label in zip(SEGMENTS, LABELS, strict=True)] + [(4, 5, 'Ambiguous')]
    assert sorted(row[:3] for row in found) == sorted((round(s * 1000), round(e * 1000), x) for s, e, x in expected)
    for tier in tiers:  # annotations on a tier of ELAN do not overlap
        rows = sorted(eaf.get_annotation_data_for_tier(tier))
        assert all(first[1] <= second[0] for first, second in pairwise(rows))
    assert {row[2] for tier in tiers for row in eaf.get_ref_annotation_data_for_tier(f'score of {tier}')} >= {'0.5'}
    assert {values[0][0] for values, _ in eaf.get_cv_entries('actions').values()} == {*LABELS, 'Ambiguous'}


EAF = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="" DATE="2024-01-01T00:00:00+00:00" FORMAT="3.0" VERSION="3.0">
  <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
    <MEDIA_DESCRIPTOR MEDIA_URL="file:///videos/my%20clip.mp4" MIME_TYPE="video/mp4"/>
    <PROPERTY NAME="lastUsedAnnotationId">9</PROPERTY>
  </HEADER>
  <TIME_ORDER>
    <TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="1500"/><TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="2500"/>
    <TIME_SLOT TIME_SLOT_ID="ts3"/><TIME_SLOT TIME_SLOT_ID="ts4" TIME_VALUE="4000"/>
  </TIME_ORDER>
  <TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="jump"><ANNOTATION>
    <ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2">
      <ANNOTATION_VALUE></ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
  <TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="what"><ANNOTATION>
    <ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="ts2" TIME_SLOT_REF2="ts4">
      <ANNOTATION_VALUE>run</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
  <TIER LINGUISTIC_TYPE_REF="words" TIER_ID="words" PARENT_REF="what"><ANNOTATION>
    <ALIGNABLE_ANNOTATION ANNOTATION_ID="a3" TIME_SLOT_REF1="ts2" TIME_SLOT_REF2="ts3">
      <ANNOTATION_VALUE>a word</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
  <LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="default-lt" TIME_ALIGNABLE="true"/>
</ANNOTATION_DOCUMENT>
"""


def test_a_file_of_elan(tmp_path):
    (tmp_path / 'x.eaf').write_text(EAF)
    [found] = open_annotations(tmp_path / 'x.eaf').records
    assert (found.video_name, found.labels) == ('my clip', ('jump', 'run'))
    assert found.segments.tolist() == [[1.5, 2.5], [2.5, 4.0]]
    kind = format_named('elan')
    assert kind(tmp_path / 'x.eaf', tiers=['what']).read().records[0].labels == ('run',)
    with pytest.raises(InputError, match="no tier 'actions'; choose among 'jump', 'what', 'words'"):
        kind(tmp_path / 'x.eaf', tiers=['actions']).read()
    with pytest.raises(InputError, match="annotation 'a3': time slot 'ts3' is not there or has no time"):
        kind(tmp_path / 'x.eaf', tiers=['words']).read()


CVAT = """<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta><task><id>7</id><name>my task</name><size>50</size><mode>interpolation</mode><subset>train</subset>
    <start_frame>0</start_frame><stop_frame>98</stop_frame><frame_filter>step=2</frame_filter>
    <labels><label><name>run</name></label><label><name>jump</name></label></labels>
    <source>clip 1.mp4</source></task></meta>
  <track id="0" label="run" source="manual">
    <box frame="10" outside="0" keyframe="1" xtl="1" ytl="1" xbr="2" ybr="2"/>
    <box frame="12" outside="0" keyframe="0" xtl="1" ytl="1" xbr="2" ybr="2"/>
    <box frame="20" outside="1" keyframe="1" xtl="1" ytl="1" xbr="2" ybr="2"/>
    <polygon frame="30" outside="0" keyframe="1" points="1,1;2,2;3,1"/>
    <polygon frame="40" outside="1" keyframe="1" points="1,1;2,2;3,1"/>
  </track>
  <track id="1" label="jump"><box frame="90" outside="0" keyframe="1" xtl="1" ytl="1" xbr="2" ybr="2"/></track>
  <tag label="run" frame="50"/><tag label="run" frame="52"/><tag label="run" frame="60"/>
  <image id="70" name="frame_000070"><tag label="jump"/></image>
</annotations>
"""


def test_a_file_of_cvat(tmp_path):
    (tmp_path / 'annotations.xml').write_text(CVAT)
    with pytest.raises(InputError, match="'clip 1': its frame rate is not known, and CVAT counts frames"):
        open_annotations(tmp_path / 'annotations.xml')
    annotations = format_named('cvat')(tmp_path / 'annotations.xml', fps=10).read()
    [found] = annotations.records
    assert (found.video_name, found.subset, found.duration, found.fps) == ('clip 1', 'train', 10.0, 10.0)
    assert annotations.classes == ('run', 'jump')
    rows = list(zip(found.labels, found.segments.tolist(), strict=True))
    assert rows == [
        ('run', [1.0, 2.0]),
        ('run', [3.0, 4.0]),
        ('jump', [9.0, 10.0]),
        ('run', [5.0, 5.4]),
        ('run', [6.0, 6.2]),
        ('jump', [7.0, 7.2]),
    ]


def test_a_track_that_was_moved_counts_by_its_frames(tmp_path):
    path = written(tmp_path, 'cvat', AnnotationSet([record('a', fps=25.0)])) / 'a.xml'
    assert path.read_text().count('<box frame="138"') == 1  # the end of the second segment, at 5.5 s
    path.write_text(path.read_text().replace('<box frame="138"', '<box frame="140"'))
    [found] = open_annotations(path).records
    assert found.segments[1].tolist() == [17 / 25, 140 / 25]
    assert found.segments[0].tolist() == SEGMENTS[0]


LABEL_STUDIO = [
    {
        'id': 3,
        'annotations': [
            {'id': 1, 'was_cancelled': True, 'result': [{'type': 'choices', 'value': {}}]},
            {'id': 2, 'result': []},
            {
                'id': 4,
                'result': [
                    {
                        'type': 'timelinelabels',
                        'value': {'ranges': [{'start': 3, 'end': 5}], 'timelinelabels': ['Moving']},
                    },
                    {'type': 'labels', 'value': {'start': 1.5, 'end': 2.25, 'channel': 0, 'labels': ['run', 'jump']}},
                    {'type': 'choices', 'value': {'choices': ['good']}},
                    {
                        'type': 'videorectangle',
                        'value': {
                            'framesCount': 100,
                            'labels': ['man'],
                            'sequence': [
                                {'frame': 11, 'enabled': True, 'x': 1},
                                {'frame': 15, 'enabled': True, 'x': 2},
                                {'frame': 20, 'enabled': False, 'x': 3},
                                {'frame': 91, 'enabled': True, 'x': 1},
                            ],
                        },
                    },
                ],
            },
        ],
        'predictions': [{'result': [{'type': 'labels', 'value': {'start': 0, 'end': 9, 'labels': ['no']}}]}],
        'data': {'video': '/data/upload/1/0123abcd-clip.mp4'},
    },
    {'data': {'video': 'https://host/b.mp4', 'fps': 50, 'duration': 8}, 'predictions': []},
]


def test_an_export_of_label_studio(tmp_path):
    path = tmp_path / 'project.json'
    path.write_text(json.dumps(LABEL_STUDIO))
    with pytest.raises(InputError, match="'clip': its frame rate is not known, and Label Studio counts frames"):
        open_annotations(path)
    annotations = format_named('labelstudio')(path, fps=10).read()
    assert annotations.notes == ('1 tasks have several annotations, of which the last one is read',)
    first, second = annotations.records
    assert (first.video_name, second.video_name, second.fps, second.duration) == ('clip', 'b', 50, 8)
    assert list(zip(first.labels, first.segments.tolist(), strict=True)) == [
        ('Moving', [0.2, 0.5]),
        ('run', [1.5, 2.25]),
        ('jump', [1.5, 2.25]),
        ('man', [1.0, 2.0]),
        ('man', [9.0, 10.0]),
    ]


def test_found_segments_are_predictions_for_label_studio(tmp_path):
    path = written(tmp_path, 'labelstudio', AnnotationSet([record('a', fps=25.0), record('b', None)]))
    found, annotated = json.loads(path.read_text())
    assert 'annotations' not in found
    assert 'predictions' not in annotated
    region = found['predictions'][0]['result'][1]
    assert region['value']['ranges'] == [{'start': 18, 'end': 138}]
    region['value']['ranges'][0]['end'] = 150
    path.write_text(json.dumps([found]))
    assert open_annotations(path).records[0].segments[1].tolist() == [17 / 25, 6.0]
    suffix, interface = format_named('labelstudio').companion(AnnotationSet([record('a', fps=25.0)]))
    assert suffix == '.interface.xml'
    assert 'frameRate="25.0"' in interface
    assert '<Label value="Ambiguous"/>' in interface


VIA = {
    'project': {'pid': '__VIA_PROJECT_ID__', 'pname': 'x', 'data_format_version': '3.1.1', 'vid_list': ['1', '2']},
    'config': {},
    'attribute': {
        '1': {
            'aname': 'TEMPORAL-SEGMENTS',
            'anchor_id': 'FILE1_Z2_XY0',
            'type': 4,
            'options': {'d': 'run', 'e': 'jump'},
        },
        '2': {'aname': 'box', 'anchor_id': 'FILE1_Z1_XY1', 'type': 1, 'options': {}},
    },
    'file': {
        '1': {'fid': '1', 'fname': 'a.mp4', 'type': 4, 'loc': 1, 'src': ''},
        '2': {'fid': 2, 'fname': 'https://host/b%20c.webm', 'type': 4, 'loc': 2, 'src': ''},
    },
    'metadata': {
        '-gl': {'vid': '1', 'flg': 0, 'z': [0, 5.5], 'xy': [], 'av': {'1': 'd'}},
        '1_x': {'vid': '1', 'flg': 0, 'z': [2.5], 'xy': [2, 1, 1, 5, 5], 'av': {'2': 'car'}},
        '2_y': {'vid': '2', 'flg': 0, 'z': [1.25, 2], 'xy': [], 'av': {'1': 'e'}},
    },
    'view': {'1': {'fid_list': ['1']}, '2': {'fid_list': [2]}},
}


def test_a_project_of_via(tmp_path):
    (tmp_path / 'via.json').write_text(json.dumps(VIA))
    annotations = open_annotations(tmp_path / 'via.json')
    assert annotations.classes == ('run', 'jump')
    assert [(r.video_name, r.labels, r.segments.tolist()) for r in annotations.records] == [
        ('a', ('run',), [[0, 5.5]]),
        ('b c', ('jump',), [[1.25, 2]]),
    ]


def test_several_choices_of_via_are_several_instances(tmp_path):
    content = json.loads(json.dumps(VIA))
    content['attribute']['1']['type'] = 2
    content['metadata']['-gl']['av']['1'] = 'e,d'
    (tmp_path / 'via.json').write_text(json.dumps(content))
    assert open_annotations(tmp_path / 'via.json').records[0].labels == ('jump', 'run')


def test_labels_of_audacity(tmp_path):
    (tmp_path / 'a.b.txt').write_text(
        '2.150000\t2.150000\tpoint\n3.4\t6.1\ta label, with\ta tab\n'.replace('\ta tab', '')
    )
    (tmp_path / 'c.txt').write_text('1.000000\t1.500000\trun\n\\\t6928.456055\t6928.456055\n\n')
    (tmp_path / 'empty.txt').write_text('')
    found = {r.video_name: (r.labels, r.segments.tolist()) for r in open_annotations(tmp_path).records}
    assert found == {
        'a.b': (('point', 'a label, with'), [[2.15, 2.15], [3.4, 6.1]]),
        'c': (('run',), [[1.0, 1.5]]),
        'empty': ((), []),
    }
    assert open_annotations(tmp_path / 'c.txt').records[0].video_name == 'c'


def test_two_files_of_one_video(tmp_path):
    for name in ('a', 'b'):
        (tmp_path / f'{name}.eaf').write_text(EAF)
    with pytest.raises(InputError, match=r"b\.eaf: video 'my clip': is of the same video as a\.eaf; keep one"):
        open_annotations(tmp_path)


def test_times_of_a_table_have_three_decimals_or_all_that_are_needed():
    one = VideoRecord('a', segments=np.array([[3725.5, 3725.123456789], [0.1 + 0.2, 1e-9]]), labels=('x', 'y'))
    lines = format_named('csv').text(AnnotationSet([one]), 'gt').splitlines()
    assert lines[1:] == [
        'a,01:02:05.500,01:02:05.123456789,x',
        'a,00:00:00.30000000000000004,00:00:00.000000001,y',
    ]


LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha">' + ''.join(
    f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)
)
HOSTILE = {
    'truncated.eaf': (EAF[:900], 'not well-formed XML'),
    'empty.eaf': ('', 'not well-formed XML'),
    'laughs.eaf': (f'<?xml version="1.0"?>{LAUGHS}]><ANNOTATION_DOCUMENT>&j;</ANNOTATION_DOCUMENT>', 'document type'),
    'outside.eaf': (
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><ANNOTATION_DOCUMENT>&x;</ANNOTATION_DOCUMENT>',
        'document type',
    ),
    'dtd.xml': ('<!DOCTYPE a SYSTEM "http://host/x.dtd">\n<annotations><meta/></annotations>', 'document type'),
    'deep.xml': ('<annotations><meta>' + '<a>' * 100_000, 'not well-formed XML'),
    'many.eaf': ('<ANNOTATION_DOCUMENT>' + '<a/>' * 1_000_001, 'more than 1,000,000 tags'),
    'other.eaf': ('<annotations/>', "outermost element is 'annotations'"),
    'nan.eaf': (EAF.replace('"2500"', '"NaN"'), "time 'NaN' is not a whole number of milliseconds"),
    'long.eaf': (EAF.replace('"2500"', '"' + '9' * 5000 + '"'), 'is not a whole number of milliseconds'),
    'frames.eaf': (EAF.replace('"milliseconds"', '"PAL-frames"'), "counts time in 'PAL-frames'"),
    'slot.eaf': (EAF.replace('REF2="ts4"', 'REF2="ts9"'), "time slot 'ts9' is not there"),
    'tier.eaf': (EAF.replace('PARENT_REF="what"', 'PARENT_REF="who"'), "hangs on tier 'who', which is not there"),
    'label.eaf': (EAF.replace('>run<', '>r&#10;un<'), 'cannot be printed'),
    'truncated.xml': (CVAT[:900], 'not well-formed XML'),
    'frame.xml': (
        CVAT.replace('frame="20"', 'frame="-20"').replace('<size>', '<fps>10</fps><size>'),
        "track '0': frame '-20' is not a whole number",
    ),
    'fps.xml': (CVAT.replace('<size>', '<fps>nan</fps><size>'), "fps 'nan' is not a positive number"),
    'fps0.xml': (CVAT.replace('<size>', '<fps>0</fps><size>'), "fps '0' is not a positive number"),
    'project.xml': (CVAT.replace('task>', 'project>'), 'is of a project; export each task on its own'),
    'nan.json': (json.dumps(VIA).replace('5.5', 'NaN'), 'NaN is not valid JSON'),
    'big.json': (json.dumps(VIA).replace('5.5', '1e999'), 'is not finite'),
    'cut.json': (json.dumps(VIA)[:-9], 'not JSON'),
    'view.json': (json.dumps(VIA).replace('"vid": "2"', '"vid": "9"'), "no view '9'"),
    'nolabel.json': (json.dumps(VIA).replace('"1": "e"', '"1": ""'), 'a segment without a label'),
    'files.json': (json.dumps(VIA).replace('[2]}', '[2, 1]}'), "view '2' does not show one file"),
    'twice.json': (json.dumps(VIA).replace('[2]}', '[1]}'), 'two views show it'),
    'audio.txt': ('1.0\t2.0\trun\n1.0\tx\trun\n', "line 2: time 'x' is not a number of seconds"),
    'nan.txt': ('1.0\t2.0\trun\nnan\t3\trun\n', "line 2: time 'nan' is not finite"),
    'blank.txt': ('1.0\t2.0\trun\n1.0\t2.0\t\n', 'line 2: '),
}  # fmt: skip


TASK = {'data': {'video': 'a.mp4'}, 'annotations': [{'result': LABEL_STUDIO[0]['annotations'][2]['result'][1:2]}]}
HOSTILE |= {
    'task.json': (json.dumps([TASK, TASK]), 'task 2 is of it too'),
    'region.json': (json.dumps([TASK]).replace('["run", "jump"]', '[]'), 'has no label'),
    'huge number.json': (json.dumps([TASK]).replace('2.25', '1e999'), 'is not finite'),
    'no video.json': (json.dumps([TASK]).replace('"video"', '"text"'), 'task 1: "data" has no "video"'),
}


@pytest.mark.parametrize('name', HOSTILE)
def test_broken_and_hostile_files_are_refused_in_one_line(tmp_path, name):
    text, says = HOSTILE[name]
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as error:
        open_annotations(tmp_path / name)
    assert says in str(error.value)
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 600


def test_without_its_package_xml_is_refused_with_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, 'defusedxml', None)
    (tmp_path / 'a.eaf').write_text(EAF)
    with pytest.raises(InputError, match=r"needs defusedxml, .*pip install 'mmacl\[annotation\]'"):
        open_annotations(tmp_path / 'a.eaf')
    monkeypatch.setitem(sys.modules, 'pympi.Elan', None)
    with pytest.raises(InputError, match=r"pympi-ling, .*pip install 'mmacl\[annotation\]'"):
        format_named('elan').text(AnnotationSet([record()]), 'gt')
