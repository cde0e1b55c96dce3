import gzip
import json

import numpy as np
import pytest

from mmacl.datasets.annotations import ActivityNetAnnotations, AnnotationSet, VideoRecord, open_annotations
from mmacl.registry import ANNOTATION_READERS
from mmacl.utils import InputError
from mmacl.utils.collected_errors import collect_errors
from tests.datasets.annotations.twenty_videos import WRITERS


def read(tmp_path, text):
    path = tmp_path / 'gt.json'
    path.write_text(text if isinstance(text, str) else json.dumps(text), encoding='utf-8')
    return ANNOTATION_READERS.build(dict(type='ActivityNetAnnotations', path=path)).read()


def test_reads_numbers_strings_and_what_is_absent(tmp_path):
    annotations = read(
        tmp_path,
        {
            'version': 'x',
            'database': {
                'a': {
                    'subset': 'train',
                    'duration': '12.5',
                    'url': 'ignored',
                    'annotations': [{'segment': ['1.5', 3], 'label': 'run'}, {'segment': [4.25, '5'], 'label': 'jump'}],
                },
                'b': {},
                'c': {'duration': None, 'annotations': None},
            },
        },
    )
    a, b, c = annotations.records
    assert (a.video_name, a.subset, a.duration, a.labels) == ('a', 'train', 12.5, ('run', 'jump'))
    np.testing.assert_array_equal(a.segments, [[1.5, 3.0], [4.25, 5.0]])
    assert a.segments.dtype == np.float64
    assert (b.subset, b.duration, b.labels, b.segments.shape, b.ambiguous.shape) == ('', None, (), (0, 2), (0, 2))
    assert c.duration is None
    assert annotations.classes is None
    assert annotations.class_names() == ('jump', 'run')


def test_reads_videos_at_the_top_level_as_mmaction2_writes_them(tmp_path):
    videos = {
        'v_a': {
            'duration_second': 9.5,
            'duration_frame': 285,
            'fps': 30,
            'annotations': [{'segment': [1, 2], 'label': 'run'}],
        },
        'v_b': {'annotations': []},
        'v_c': {'missing': True},
    }
    a, b = read(tmp_path, videos).records
    assert (a.video_name, a.duration, a.fps, a.labels) == ('v_a', 9.5, 30.0, ('run',))
    assert (b.video_name, b.duration, b.fps) == ('v_b', None, None)
    assert read(tmp_path, {'database': videos}).first_difference(read(tmp_path, videos)) is None


def test_labels_and_classes_are_brought_to_one_unicode_form(tmp_path):
    entry = {
        'annotations': [{'segment': [i, i + 1], 'label': x} for i, x in enumerate(('e\u0301te', '\u00e9te', 'ete'))]
    }
    annotations = read(tmp_path, {'database': {'a': entry}})
    assert annotations.class_names() == ('ete', '\u00e9te')
    assert annotations.records[0].labels == ('\u00e9te', '\u00e9te', 'ete')
    taxonomy = [{'nodeName': name, 'parentName': 'Root'} for name in ('e\u0301te', 'ete')] + [{'nodeName': 'Root'}]
    assert read(tmp_path, {'database': {'a': entry}, 'taxonomy': taxonomy}).classes == ('ete', '\u00e9te')
    assert read(tmp_path, {'classes': ['e\u0301te', 'x'], 'database': {}}).classes == ('\u00e9te', 'x')


def test_a_name_of_a_video_keeps_its_unicode_form(tmp_path):
    assert read(tmp_path, {'database': {'e\u0301te': {}}}).records[0].video_name == 'e\u0301te'


def test_a_gzipped_file_is_read(tmp_path):
    (tmp_path / 'GT.JSON.gz').write_bytes(gzip.compress(b'{"database": {"a": {}}}'))
    assert len(open_annotations(tmp_path / 'GT.JSON.gz').records) == 1


def test_classes_of_the_file_fix_the_order(tmp_path):
    annotations = read(tmp_path, {'classes': ['run', 'jump', 'swim'], 'database': {}})
    assert annotations.classes == annotations.class_names() == ('run', 'jump', 'swim')


def test_a_byte_order_mark_does_no_harm(tmp_path):
    assert len(read(tmp_path, '\ufeff' + json.dumps({'database': {'a': {}}})).records) == 1


def test_without_any_label_there_are_no_classes(tmp_path):
    assert read(tmp_path, {'database': {'a': {}}}).class_names() is None


ONE = '{"database": {"a": {"duration": 9, "annotations": [{"segment": %s, "label": %s}]}}}'


@pytest.mark.parametrize(
    ('text', 'says'),
    [
        ('{"database": {"a": {}, "b": {}, "a": {}}}', "'a' occurs twice"),
        ('{"database": {"a": {"duration": NaN}}}', 'NaN is not valid JSON'),
        ('{"database": {"a": {"duration": -Infinity}}}', '-Infinity is not valid JSON'),
        ('{"database": {', 'not JSON'),
        ('', 'not JSON'),
        ('[' * 100_000, 'not JSON'),
        ('[]', 'no object "database"'),
        ('{"database": []}', 'no object "database"'),
        ('{}', 'no object "database"'),
        ('{"a": {"annotations": []}, "version": "1.3"}', 'no object "database"'),
        ('{"results": {"a": []}}', 'but "results", so these are detections'),
        ('{"classes": ["a", "b", "a"], "database": {}}', "class 'a' is listed twice"),
        ('{"classes": ["e\\u0301", "\\u00e9"], "database": {}}', 'in two Unicode forms'),
        ('{"database": {"a": []}}', "video 'a': [] is not an object"),
        ('{"database": {"a": {"subset": 3}}}', '"subset" must be a string'),
        ('{"database": {"a": {"annotations": {"x": 1}}}}', '"annotations" a list'),
        ('{"database": {"a": {"duration": "long"}}}', "time 'long' is not a number"),
        ('{"database": {"a": {"duration": true}}}', 'time True is not a number'),
        (ONE % ('[1]', '"x"'), 'annotation'),
        (ONE % ('[1, 2, 3]', '"x"'), 'annotation'),
        (ONE % ('[1, null]', '"x"'), 'time None is not a number'),
        (ONE % ('[1, 2]', '7'), 'annotation'),
        ('{"database": {"a": {"annotations": ["run"]}}}', "annotation 'run'"),
        ('{"classes": "run", "database": {}}', '"classes" is'),
        ('{"database": {"../a": {}}}', "video name '../a'"),
        ('{"database": {"a/b": {}}}', "video name 'a/b'"),
        ('{"database": {"..": {}}}', "video name '..'"),
        ('{"database": {"": {}}}', "video name ''"),
        (r'{"database": {"a\\b": {}}}', 'video name'),
        (r'{"database": {"a\nb": {}}}', 'video name'),
    ],
)
def test_refuses_in_one_line_that_names_the_file(tmp_path, text, says):
    with pytest.raises(InputError) as error:
        read(tmp_path, text)
    message = str(error.value)
    assert says in message
    assert 'gt.json' in message
    assert '\n' not in message


def test_refuses_a_file_that_is_not_there_or_not_text(tmp_path):
    with pytest.raises(InputError, match='cannot be read'):
        ActivityNetAnnotations(tmp_path / 'none.json').read()
    (tmp_path / 'binary.json').write_bytes(b'\x93NUMPY\xff\xfe')
    with pytest.raises(InputError, match='not UTF-8'):
        ActivityNetAnnotations(tmp_path / 'binary.json').read()


@pytest.mark.parametrize(
    ('path', 'sizes', 'instances', 'num_classes'),
    [
        ('thumos14/basnet/gt.json', dict(train=200, test=210), dict(train=3007, test=3311), 20),
        ('activitynet12/activity_net.v1-2.min-missing-removed.json', dict(training=4441, validation=2198), {}, 100),
        ('gtea/annotations.json', dict(train=141, test=56), {}, 10),
    ],
)
def test_reads_public_files(shared_data, path, sizes, instances, num_classes):
    annotations = ActivityNetAnnotations(shared_data / path).read()
    for subset, size in sizes.items():
        records = annotations.select([subset], (), path)
        assert len(records) == size
        if subset in instances:
            assert sum(len(record.segments) for record in records) == instances[subset]
    assert len(annotations.class_names()) == num_classes


def test_all_faults_can_be_collected(tmp_path):
    path = tmp_path / 'a.json'
    instance = '{"segment": [1, 2], "label": "run"}'
    path.write_text(
        '{"database": {"a": {"annotations": [{"segment": [NaN, 2], "label": "run"}, 3, '
        + instance
        + ']}, "b": 7, "b": {},'
        ' "../c": {}, "d": {"duration": "long", "annotations": [' + instance + ']}}}'
    )
    with collect_errors() as errors:
        records = ActivityNetAnnotations(path).read().records
    assert [(error.kind, error.video) for error in errors] == [
        ('not JSON', ''),
        ('twice', ''),
        ('', 'a'),
        ('', '../c'),
        ('', 'd'),
    ]
    assert [(record.video_name, len(record.labels)) for record in records] == [('a', 2), ('b', 0), ('d', 1)]


def assert_round_trip(annotations, path):
    path.write_text(ActivityNetAnnotations.text(annotations, 'source'))
    again = open_annotations(path)
    assert annotations.first_difference(again) is None
    return again


@pytest.mark.parametrize('layout', WRITERS)
def test_every_layout_of_20_videos(tmp_path, layout):
    annotations = open_annotations(WRITERS[layout](tmp_path))
    again = assert_round_trip(annotations, tmp_path / 'annotations.json')
    assert sum(len(record.ambiguous) for record in again.records) == 5


def test_class_order_and_absent_facts_are_kept(tmp_path):
    record = VideoRecord('a', segments=np.array([[0.1, 1 / 3]]), labels=('zebra "ü"',), ambiguous=np.ones((1, 2)))
    for classes in (('zebra "ü"', 'ape'), None):
        timed = VideoRecord('b', 'x', 7.3, fps=29.97)
        again = assert_round_trip(AnnotationSet([record, timed], classes), tmp_path / 'x.json')
        assert again.classes == classes
        assert (again.records[0].subset, again.records[0].duration) == ('', None)


@pytest.mark.parametrize(
    ('name', 'counts'),
    [
        ('thumos14/basnet/gt.json', (410, 6318)),
        ('thumos14/wtalc', (412, 6365)),
        ('thumos14/raw', (413, 6365)),
        ('activitynet12/activity_net.v1-2.min-missing-removed.json', (8907, 9869)),
    ],
)
def test_published_annotations(shared_data, tmp_path, name, counts):
    again = assert_round_trip(open_annotations(shared_data / name), tmp_path / 'annotations.json')
    assert (len(again.records), sum(len(record.labels) for record in again.records)) == counts


@pytest.mark.parametrize(
    'record',
    [
        VideoRecord('a', duration=float('nan')),
        VideoRecord('a', segments=np.array([[0.0, np.inf]]), labels=('x',)),
        VideoRecord('a', ambiguous=np.array([[np.nan, 1.0]])),
        VideoRecord('../a'),
    ],
)
def test_refuses_to_write_what_could_not_be_read(record):
    with pytest.raises(InputError, match=r'^gt\.json: ') as caught:
        ActivityNetAnnotations.text(AnnotationSet([record]), 'gt.json')
    assert '\n' not in str(caught.value)


def test_refuses_to_write_what_reads_otherwise():
    with pytest.raises(InputError, match='the list of classes'):
        ActivityNetAnnotations.text(AnnotationSet([VideoRecord('a')], ('Ambiguous', 'x')), 'gt.json')
