"""The same 20 videos in every format of annotations give the same records."""

import gzip

import numpy as np
import pytest

from mmacl.datasets import UntrimmedVideoDataset
from mmacl.datasets.annotations import (
    ActivityNetAnnotations,
    AnnotationFormat,
    AnnotationSet,
    Match,
    VideoRecord,
    layout_names,
    open_annotations,
)
from mmacl.registry import ANNOTATION_READERS
from mmacl.utils import InputError
from tests.datasets.annotations.twenty_videos import VIDEOS, WRITERS, write_activitynet

READERS = dict(
    activitynet='ActivityNetAnnotations',
    wtalc='WTalcAnnotations',
    thumos14='Thumos14Annotations',
    csv='CsvAnnotations',
    coco='CocoAnnotations',
)


@pytest.mark.parametrize('layout', WRITERS)
@pytest.mark.parametrize('stated', [True, False])
def test_every_layout_gives_the_same_records(tmp_path, layout, stated):
    annotations = open_annotations(WRITERS[layout](tmp_path), layout if stated else None)
    assert annotations.class_names() == ('jump', 'run')
    assert [record.video_name for record in annotations.records] == list(VIDEOS)
    for record in annotations.records:
        subset, duration, rows, unclear = VIDEOS[record.video_name]
        assert record.subset == subset
        assert record.duration == (None if layout == 'thumos14' else duration)
        assert record.labels == tuple(row[2] for row in rows)
        np.testing.assert_array_equal(record.segments, [row[:2] for row in rows])
        np.testing.assert_array_equal(record.ambiguous, np.reshape(unclear, (-1, 2)))


@pytest.mark.parametrize('layout', WRITERS)
def test_a_dataset_takes_every_reader(tmp_path, layout):
    path = WRITERS[layout](tmp_path)
    dataset = UntrimmedVideoDataset(
        tmp_path,
        path.name,
        subset='test',
        ann_reader=dict(type=READERS[layout]),
        timing=dict(fps=25, snippet_stride=16),
    )
    assert len(dataset) == 10
    assert dataset.action_counts().tolist() == [[1, 1]] * 10


def test_what_cannot_be_seen_is_refused(tmp_path):
    for path, layout in ((tmp_path, None), (tmp_path / 'none.json', None), (tmp_path, 'voc')):
        with pytest.raises(InputError, match='activitynet'):
            open_annotations(path, layout)


@pytest.fixture
def plug_in():
    """Formats that are registered for one test."""
    names = []

    def register(cls):
        ANNOTATION_READERS.register_module(module=cls)
        names.append(cls.__name__)
        return cls

    yield register
    for name in names:
        ANNOTATION_READERS.module_dict.pop(name)


def test_the_format_of_a_plug_in_is_recognised(tmp_path, plug_in):
    @plug_in
    class PraatAnnotations(AnnotationFormat):
        layout = 'praat'
        form = 'a .TextGrid file'

        @classmethod
        def match(cls, place):
            return Match.CERTAIN if place.read_text().startswith('<praat') else Match.NO

        def read(self):
            return AnnotationSet([VideoRecord(self.path)])

    (tmp_path / 'a.json').write_text('<praat>')
    assert open_annotations(tmp_path / 'a.json').records[0].video_name == str(tmp_path / 'a.json')
    assert 'praat' in layout_names()
    with pytest.raises(InputError, match=r'a \.TextGrid file \(praat\)'):
        open_annotations(tmp_path / 'none')


def test_a_plug_in_with_path_and_read_alone_is_found_by_its_name(tmp_path, plug_in):
    @plug_in
    class PlainAnnotations:
        def __init__(self, path):
            self.path = path

        def read(self):
            return AnnotationSet([VideoRecord('plain')])

    @plug_in
    class OwnJson(ActivityNetAnnotations):
        pass

    path = write_activitynet(tmp_path)
    assert open_annotations(path, 'plain').records[0].video_name == 'plain'
    assert len(open_annotations(path, 'ownjson').records) == len(open_annotations(path).records) == 20
    assert {'activitynet', 'csv', 'ownjson', 'plain', 'thumos14', 'wtalc'} <= set(layout_names())


def test_a_converted_folder_goes_before_what_else_it_holds(tmp_path):
    write_activitynet(tmp_path).rename(tmp_path / 'annotations.json')
    (tmp_path / 'Run_val.txt').write_text('other 1 2')
    assert open_annotations(tmp_path).records[0].video_name == 'video_00'
    assert len(ActivityNetAnnotations(tmp_path).read().records) == 20
    packed = gzip.compress((tmp_path / 'annotations.json').read_bytes())
    (tmp_path / 'annotations.json').unlink()
    (tmp_path / 'annotations.json.gz').write_bytes(packed)
    assert open_annotations(tmp_path).records[0].video_name == 'video_00'


def test_the_three_readers_of_thumos14_agree(shared_data):
    root = shared_data / 'thumos14'
    basnet, wtalc, raw = (open_annotations(root / name) for name in ('basnet/gt.json', 'wtalc', 'raw'))

    def table(annotations):
        return {
            record.video_name: sorted(zip(record.labels, record.segments.tolist(), strict=True))
            for record in annotations.records
        }

    first, second, third = table(basnet), table(wtalc), table(raw)
    assert set(second) - set(first) == {'video_test_0000270', 'video_test_0001496'}
    assert set(third) - set(second) == {'video_test_0001292'}
    assert set(first) < set(second) < set(third)
    for name, rows in second.items():
        assert rows == third[name]
        assert rows == first.get(name, rows)
    sizes = [sum(len(r.labels) for r in a.records if r.subset == 'test') for a in (basnet, wtalc, raw)]
    assert sizes == [3311, 3358, 3358]
    assert wtalc.classes == raw.classes == basnet.class_names()


def test_activitynet12_has_100_classes(shared_data):
    file = next((shared_data / 'activitynet12').glob('*.json'))
    assert len(open_annotations(file).class_names()) == 100


def test_ambiguous_segments_of_the_w_talc_layout_and_of_the_challenge(shared_data):
    """96 against 188: the folder has those of the test set only, and three lie in a video that it does not name."""
    first = open_annotations(shared_data / 'thumos14/wtalc')
    second = open_annotations(shared_data / 'thumos14/raw')
    found = [
        {r.video_name: (r.subset, r.ambiguous.tolist()) for r in annotations.records if len(r.ambiguous)}
        for annotations in (first, second)
    ]
    assert [sum(len(rows) for _, rows in videos.values()) for videos in found] == [96, 188]
    validation = {name for name, (subset, _) in found[1].items() if subset == 'validation'}
    assert sum(len(found[1][name][1]) for name in validation) == 89
    only = {name: rows for name, (_, rows) in found[1].items() if name not in found[0] and name not in validation}
    assert {name: len(rows) for name, rows in only.items()} == {'video_test_0001292': 3}
    assert all(found[1][name] == content for name, content in found[0].items())
    files = (shared_data / 'thumos14').glob('*/**/Ambiguous_test.txt')
    assert len({tuple(path.read_text().split()) for path in files}) == 1
