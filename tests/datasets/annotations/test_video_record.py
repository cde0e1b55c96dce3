import dataclasses

import pytest

from mmacl.datasets import VideoRecord


def test_a_bare_name_has_no_instances_and_cannot_be_changed():
    record = VideoRecord('v')
    assert record.segments.shape == record.ambiguous.shape == (0, 2)
    assert record.duration is None
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.subset = 'test'
