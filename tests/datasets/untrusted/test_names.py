import pytest

from mmacl.datasets.untrusted.names import check_video_name
from mmacl.utils import InputError


@pytest.mark.parametrize('name', ['video_test_0000004', '-zfOvigQLdA', 'Küche 3', 'a.b', 'S2_Coffee_C1_00'])
def test_plain_names_pass(name):
    check_video_name(name, 'f')


@pytest.mark.parametrize('name', ['', '.', '..', '../x', 'a/../b', '/etc/x', 'a\\b', 'a..b', 'a\0b', 'a\nb'])
def test_names_that_lead_elsewhere_are_refused(name):
    with pytest.raises(InputError, match=r'f\.json: video name') as error:
        check_video_name(name, 'f.json')
    assert '\n' not in str(error.value)
