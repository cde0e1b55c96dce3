from __future__ import annotations

import numpy as np
import pytest
import torch

from mmacl.utils import InputError
from mmacl.video import I3DRGB, I3DFlow, extract_video
from mmacl.video.flow import build_flow, flow_stream
from tests.video.make_video import grey_frames, write_video
from tests.video.tiny_extractor import TinyFlowExtractor


class Difference:
    """In place of flow: the change of the grey, and ten times that."""

    def __call__(self, first, second):
        change = second.float() - first.float()
        return torch.stack([change, 10 * change], dim=1)


@pytest.mark.parametrize('at_a_time', [1, 2, 3, 100])
def test_as_many_fields_as_frames_and_the_last_repeated(at_a_time):
    frames = grey_frames([0, 1, 5, 4, 4])
    fields = list(flow_stream(iter(frames), Difference(), bound=20.0, pairs_at_a_time=at_a_time))
    assert [field.shape for field in fields] == [(32, 32, 2)] * 5
    assert all(field.dtype == np.float32 for field in fields)
    changes = np.array([1, 4, -1, 0, 0])
    np.testing.assert_allclose([field[3, 4, 0] for field in fields], changes / 20)
    np.testing.assert_allclose([field[3, 4, 1] for field in fields], np.clip(10 * changes, -20, 20) / 20)


def test_eight_bits_are_those_of_public_images():
    fields = list(flow_stream(grey_frames([0, 1, 1]), Difference(), eight_bit=True))
    images = [round(255 * (value + 20) / 40) for value in (1, 0, 0)]
    assert images[1] == 128
    np.testing.assert_allclose([field[0, 0, 0] for field in fields], np.array(images) * 2 / 255 - 1, atol=1e-6)


def test_one_frame_has_no_motion_and_none_has_no_field():
    assert [field.max() for field in flow_stream(grey_frames([9]), Difference())] == [0]
    assert list(flow_stream([], Difference())) == []


def test_a_mirrored_field_points_the_other_way():
    field = torch.randn(1, 2, 3, 4, 5)
    mirrored = I3DFlow('random', flow='dis').mirrored(field)
    torch.testing.assert_close(mirrored[:, 0], -field[:, 0].flip(-1))
    torch.testing.assert_close(mirrored[:, 1], field[:, 1].flip(-1))


def test_features_of_a_moving_pattern(tmp_path):
    y, x = np.mgrid[:32, :48]
    moved = [120 + 60 * np.sin((x - 2 * t) / 3) * np.cos(y / 4) for t in range(17)]
    frames = [np.repeat(picture[..., None], 3, axis=2).astype(np.uint8) for picture in moved]
    path = write_video(tmp_path / 'a.mkv', frames)
    extractor = TinyFlowExtractor(flow='dis', bound=4.0)
    features, _ = extract_video(path, extractor, stride=8)
    np.testing.assert_allclose(features, [[0.5, 0], [0.5, 0]], atol=0.06)
    eight_bit = TinyFlowExtractor(flow='dis', bound=4.0, eight_bit=True)
    assert extractor.settings() != eight_bit.settings()
    ten, _ = extract_video(path, TinyFlowExtractor(flow='dis', bound=4.0, crops='ten'), stride=8)
    np.testing.assert_allclose(ten[:, 0], 0, atol=0.01)  # half of the crops are mirrored


def test_streams_of_a_video_have_the_same_snippets(tmp_path):
    rng = np.random.default_rng(0)
    frames = [rng.integers(0, 255, (32, 32, 3), dtype=np.uint8) for _ in range(24)]
    path = write_video(tmp_path / 'a.mkv', frames)
    streams = {}
    for extractor in (I3DRGB('random'), I3DFlow('random', flow='dis')):
        extractor.short_side = extractor.crop_size = 32
        streams[extractor.modality] = extract_video(path, extractor, stride=8)
    assert streams['rgb'][0].shape == streams['flow'][0].shape == (2, 1024)
    assert streams['rgb'][1] == streams['flow'][1]


def test_an_unknown_method_is_refused_with_those_that_there_are():
    with pytest.raises(InputError, match=r"flow='raft' is not registered; use one of dis, tvl1, tvl1_opencv"):
        build_flow('raft')
