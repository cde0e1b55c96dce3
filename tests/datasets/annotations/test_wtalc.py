import numpy as np
import pytest

from mmacl.datasets.annotations import WTalcAnnotations
from mmacl.utils import InputError
from mmacl.utils.collected_errors import collect_errors


def objects(*values):
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


@pytest.mark.parametrize(
    ('name', 'value', 'says'),
    [
        ('videoname', np.array(['a', 'a']), "video 'a': is listed 2 times"),
        ('videoname', np.array(['a', '../b']), 'cannot be a file name'),
        ('labels', objects(['run']), '1 values for 2 videos'),
        ('labels', objects([3], []), "video 'a': 3 is not text"),
        ('labels', objects([b'\xff'], []), 'is not text'),
        ('labels', objects('run', []), 'labels and segments must be lists'),
        ('labels', objects([], ['run']), '0 labels for 1 segments'),
        ('segments', objects([[1, float('nan')]], []), 'not finite'),
        ('segments', objects([3], []), 'not \\[start, end\\]'),
        ('subset', np.array(5), 'single value'),
        ('classlist', np.array(['run', 'run']), "class 'run' is listed twice"),
    ],
)
def test_faults_are_told_in_one_line(tmp_path, name, value, says):
    files = dict(videoname=np.array(['a', 'b']), labels=objects(['run'], []), segments=objects([[1, 2]], []))
    for key, array in {**files, name: value}.items():
        np.save(tmp_path / f'{key}.npy', array)
    with pytest.raises(InputError, match=says) as error:
        WTalcAnnotations(tmp_path).read()
    assert '\n' not in str(error.value)


def test_all_faults_can_be_collected(tmp_path):
    names = np.array(['a', 'b', 'c', 'c', '../d'])
    np.save(tmp_path / 'videoname.npy', names)
    np.save(tmp_path / 'labels.npy', objects(['run'], ['run'], [], [], []))
    np.save(tmp_path / 'segments.npy', objects([[1, 2]], [[1, 2], [3, 4]], [], [], []))
    with collect_errors() as errors:
        records = WTalcAnnotations(tmp_path).read().records
    assert [error.video for error in errors] == ['c', 'b', '../d']
    assert [record.video_name for record in records] == ['a', 'c', 'c']
