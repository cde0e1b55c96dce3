from mmacl.dataset_tools.inspection import Fault
from mmacl.dataset_tools.inspection.fault import merge
from mmacl.datasets.stores import MissingFeaturesError
from mmacl.utils import InputError


def test_a_line_names_video_what_file_and_remedy():
    assert str(Fault('k', 'is odd', 'f.npy', 'mend it', 'v')) == 'v: is odd (f.npy); mend it'
    assert str(Fault('k', 'is odd', 'f.npy', 'mend it', subset='train')) == 'train: is odd (f.npy); mend it'
    assert str(Fault('k', 'is odd', 'f.npy', 'mend it')) == 'data set: is odd (f.npy); mend it'


def test_an_error_is_taken_apart():
    error = InputError('has; odd', file='a: b.json', remedy='mend it', kind='odd', video='v')
    (fault,) = Fault.from_error(error, 'other', ['c.json'], 'w')
    assert fault == Fault('odd', 'has; odd', 'a: b.json', 'mend it', 'v')
    (fault,) = Fault.from_error(InputError('elsewhere is odd'), 'other', ['f'])
    assert fault == Fault('other', 'elsewhere is odd', 'f', 'correct it')


def test_every_missing_file_is_a_fault():
    found = Fault.from_error(MissingFeaturesError.describe(['a.npy', 'b.npy'], ['layout']), 'other', [])
    assert [(fault.kind, fault.file) for fault in found] == [('missing', 'a.npy'), ('missing', 'b.npy')]
    assert all('\n' not in str(fault) for fault in found)


def test_a_file_that_is_blamed_with_every_video_is_blamed_once():
    faults = [Fault('k', 'is torn', 'all.h5', 'copy it', video) for video in 'abc'] + [
        Fault('k', 'x', 'f', 'r', 'a')
    ] * 2
    first, second = merge(faults)
    assert (first.video, first.what) == ('', 'is torn, which concerns 3 videos such as a')
    assert second == Fault('k', 'x', 'f', 'r', 'a')
