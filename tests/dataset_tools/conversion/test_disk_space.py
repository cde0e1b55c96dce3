"""Whether what is to be written fits."""

import pytest

from mmacl.dataset_tools.conversion import check_disk_space, readable_size
from mmacl.utils import InputError


def test_what_is_free_is_told_and_what_does_not_fit_refused(tmp_path):
    free = check_disk_space(tmp_path / 'not/there/yet', 1)
    assert free > 0
    with pytest.raises(InputError, match=r'1000000000\.0 GB are to be written') as caught:
        check_disk_space(tmp_path, 10**18)
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize(
    ('number', 'text'), [(0, '0 B'), (999, '999 B'), (1500, '1.5 kB'), (2 * 10**6, '2.0 MB'), (10**13, '10000.0 GB')]
)
def test_sizes(number, text):
    assert readable_size(number) == text
