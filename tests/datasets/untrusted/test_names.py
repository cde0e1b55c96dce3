import pytest

from mmacl.datasets.untrusted.names import check_label, check_video_name
from mmacl.utils import InputError


@pytest.mark.parametrize('name', ['video_test_0000004', '-zfOvigQLdA', 'Küche 3', 'a.b', 'S2_Coffee_C1_00'])
def test_plain_names_pass(name):
    check_video_name(name, 'f')


@pytest.mark.parametrize('name', ['', '.', '..', '../x', 'a/../b', '/etc/x', 'a\\b', 'a..b', 'a\0b', 'a\nb'])
def test_names_that_lead_elsewhere_are_refused(name):
    with pytest.raises(InputError, match=r'f\.json: video name') as error:
        check_video_name(name, 'f.json')
    assert '\n' not in str(error.value)


@pytest.mark.parametrize('label', ['', 'a\nb', '\x1b[2J', '\ud800', 'a\0'])
def test_labels_that_cannot_be_printed_are_refused(label):
    check_label('high jump', 'f')
    with pytest.raises(InputError, match=r'f\.json: label .* cannot be printed') as error:
        check_label(label, 'f.json')
    assert str(error.value).isprintable()
