"""The same 20 videos in every layout of annotations give the same records."""

import csv
import json

import numpy as np
import pytest

from mmacl.datasets import UntrimmedVideoDataset
from mmacl.datasets.annotations import open_annotations
from mmacl.utils import InputError

VIDEOS = {
    f'video_{i:02d}': (
        'test' if i % 2 else 'validation',
        20.0 + i,
        [(1.5, 2.5, 'jump'), (3.0, 4.25 + i, 'run')][: 1 + i % 2],
        [(5.0, 6.0)] if i % 4 == 1 else [],
    )
    for i in range(20)
}
READERS = dict(
    activitynet='ActivityNetAnnotations', wtalc='WTalcAnnotations', thumos14='Thumos14Annotations', csv='CsvAnnotations'
)


def write_activitynet(root):
    database = {
        name: dict(
            subset=subset,
            duration=duration,
            annotations=[
                dict(segment=[str(s), str(e)], label=x)
                for s, e, x in [*rows, *((*pair, 'Ambiguous') for pair in unclear)]
            ],
        )
        for name, (subset, duration, rows, unclear) in VIDEOS.items()
    }
    (root / 'gt.json').write_text(json.dumps(dict(database=database)))
    return root / 'gt.json'


def write_wtalc(root):
    folder = root / 'wtalc'
    folder.mkdir()

    def objects(values):
        array = np.empty(len(values), dtype=object)
        array[:] = values
        return array

    np.save(folder / 'videoname.npy', np.array([name.encode() for name in VIDEOS]))
    np.save(folder / 'subset.npy', np.array([video[0].encode() for video in VIDEOS.values()]))
    np.save(folder / 'duration.npy', np.array([[video[1]] for video in VIDEOS.values()]))
    np.save(folder / 'labels.npy', objects([[row[2] for row in video[2]] for video in VIDEOS.values()]))
    np.save(folder / 'segments.npy', objects([[list(row[:2]) for row in video[2]] for video in VIDEOS.values()]))
    np.save(folder / 'classlist.npy', np.array([b'jump', b'run']))
    lines = [f'{name} {s} {e}' for name, video in VIDEOS.items() for s, e in video[3]]
    (folder / 'Ambiguous_test.txt').write_text('\n'.join(lines))
    return folder


def write_thumos14(root):
    folder = root / 'raw'
    folder.mkdir()
    for name, (subset, _, rows, unclear) in VIDEOS.items():
        for start, end, label in [*rows, *((*pair, 'Ambiguous') for pair in unclear)]:
            with (folder / f'{label}_{"val" if subset == "validation" else "test"}.txt').open('a') as file:
                file.write(f'{name}  {start} {end}\n')
    return folder


def write_csv(root):
    with (root / 'gt.csv').open('w', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(['video', 'start', 'end', 'label', 'subset', 'duration'])
        for name, (subset, duration, rows, unclear) in VIDEOS.items():
            for row in [*rows, *((*pair, 'Ambiguous') for pair in unclear)]:
                writer.writerow([name, *row, subset, duration])
    return root / 'gt.csv'


WRITERS = dict(activitynet=write_activitynet, wtalc=write_wtalc, thumos14=write_thumos14, csv=write_csv)


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
