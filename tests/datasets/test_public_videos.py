import numpy as np
import pytest

from mmacl.datasets import ActivityNet12Dataset, Thumos14Dataset
from mmacl.registry import DATASETS
from mmacl.utils import InputError

TIMING = dict(fps=25, snippet_stride=16)


def test_classes_are_fixed_in_alphabetical_order():
    classes = Thumos14Dataset.METAINFO['classes']
    assert len(classes) == 20
    assert list(classes) == sorted(set(classes))


@pytest.mark.parametrize(('role', 'videos', 'instances'), [('training', 200, 3007), ('testing', 210, 3311)])
def test_reads_the_public_annotations(shared_data, tmp_path, role, videos, instances):
    dataset = DATASETS.build(
        dict(
            type='Thumos14Dataset',
            data_root=tmp_path,
            ann_file=str(shared_data / 'thumos14/basnet/gt.json'),
            subset=Thumos14Dataset.METAINFO['subsets'][role],
            timing=TIMING,
            past_end='clip',
        )
    )
    counts = dataset.action_counts()
    assert counts.shape == (videos, 20)
    assert counts.sum() == instances
    assert (counts.sum(axis=1) > 0).all()
    assert dataset.metainfo['dataset_name'] == 'THUMOS14'
    assert dataset.metainfo['simulated'] is False


def test_a_segment_past_the_derived_end_is_accepted_and_not_clipped(shared_data, tmp_path):
    # gt.json states no durations: the end of a video is that of its last snippet.
    path = tmp_path / 'features/test/rgb/video_test_0000896.npy'
    path.parent.mkdir(parents=True)
    np.save(path, np.ones((140, 4), np.float16))  # 89.6 s; the last of seven instances is 89.8 to 94.8 s
    dataset = Thumos14Dataset(
        tmp_path,
        str(shared_data / 'thumos14/basnet/gt.json'),
        'test',
        modalities=('rgb',),
        timing=TIMING,
        past_end='clip',
        test_mode=True,
    )
    index = dataset.video_names.index('video_test_0000896')
    assert dataset.timing(index).duration == pytest.approx(89.6)
    segments = dataset.record(index).segments
    assert len(segments) == 7
    assert segments.max() == pytest.approx(94.8)
    assert dataset.action_counts()[index].sum() == 7


ANNOTATIONS = 'activitynet12/activity_net.v1-2.min-missing-removed.json'


def test_activitynet_classes_are_fixed_in_alphabetical_order():
    classes = ActivityNet12Dataset.METAINFO['classes']
    assert len(classes) == 100
    assert list(classes) == sorted(set(classes))


@pytest.mark.parametrize(('role', 'videos'), [('training', 4441), ('testing', 2198)])
def test_reads_the_public_annotations_of_activitynet(shared_data, tmp_path, role, videos):
    settings = dict(
        data_root=tmp_path,
        ann_file=str(shared_data / ANNOTATIONS),
        subset=ActivityNet12Dataset.METAINFO['subsets'][role],
        timing=dict(mode='duration'),
    )
    dataset = ActivityNet12Dataset(**settings, empty_segments='keep')
    counts = dataset.action_counts()
    assert counts.shape == (videos, 100)
    assert (counts.sum(axis=1) > 0).all()  # an instance of zero length still labels its video
    with pytest.raises(InputError, match='does not end after its start'):
        ActivityNet12Dataset(**settings)
