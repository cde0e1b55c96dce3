from mmacl.dataset_tools.fault import Fault, merge
from mmacl.datasets.stores import Instead, MissingFeaturesError
from mmacl.utils import InputError


def test_a_line_names_video_what_file_and_remedy():
    assert str(Fault('k', 'is odd', 'f.npy', 'mend it', 'v')) == 'v: is odd (f.npy); mend it'
    assert str(Fault('k', 'is odd', 'f.npy', 'mend it', subset='train')) == 'train: is odd (f.npy); mend it'
    assert str(Fault('k', 'is odd', 'f.npy', 'mend it')) == 'data set: is odd (f.npy); mend it'


def test_the_fields_of_an_error_become_those_of_the_fault_and_back():
    error = InputError('has; odd', file='a: b.json', remedy='mend; it', kind='odd', video='v')
    (fault,) = Fault.from_error(error, 'other', 'f', 'w')
    assert fault == Fault('odd', 'has; odd', 'a: b.json', 'mend; it', 'v')
    assert vars(fault.error()) == vars(error)
    (fault,) = Fault.from_error(InputError('is odd'), 'other', 'f', 'w')
    assert fault == Fault('other', 'is odd', 'f', 'correct it', 'w')


def test_every_missing_file_is_a_fault_that_says_what_is_there():
    instead = [Instead('a.pt', 'save it with numpy.save')]
    error = MissingFeaturesError.describe(['a.npy', 'b.npy'], ['layout'], instead=instead)
    found = Fault.from_error(error, 'other', video='v')
    assert [(fault.kind, fault.file) for fault in found] == [('missing', 'a.npy'), ('missing', 'b.npy')]
    assert {str(fault)[:29] for fault in found} == {'v: no such file, but a.pt (a.', 'v: no such file, but a.pt (b.'}
    assert all(fault.remedy == 'save it with numpy.save' and '\n' not in str(fault) for fault in found)
    (fault,) = Fault.from_error(MissingFeaturesError('not simulated', file='x'), 'missing')
    assert (fault.what, fault.file) == ('not simulated', 'x')


def test_a_file_that_is_blamed_with_every_video_is_blamed_once():
    faults = [Fault('k', 'is torn', 'all.h5', 'copy it', video) for video in 'abc'] + [
        Fault('k', 'x', 'f', 'r', 'a')
    ] * 2
    first, second = merge(faults)
    assert (first.video, first.what) == ('', 'is torn, which concerns 3 videos such as a')
    assert second == Fault('k', 'x', 'f', 'r', 'a')
