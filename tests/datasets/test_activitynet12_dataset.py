import pytest

from mmacl.datasets import ActivityNet12Dataset
from mmacl.utils import InputError

ANNOTATIONS = 'activitynet12/activity_net.v1-2.min-missing-removed.json'


def test_classes_are_fixed_in_alphabetical_order():
    classes = ActivityNet12Dataset.METAINFO['classes']
    assert len(classes) == 100
    assert list(classes) == sorted(set(classes))


@pytest.mark.parametrize(('role', 'videos'), [('training', 4441), ('testing', 2198)])
def test_reads_the_public_annotations(shared_data, tmp_path, role, videos):
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
