from __future__ import annotations

import numpy as np
import pytest
import torch
from mmengine.dataset import pseudo_collate

from mmacl.models import SnippetDataPreprocessor
from mmacl.structures import ActionDataSample
from mmacl.utils import InputError


def item(name: str, length: int, dtype=torch.float32, **widths: int):
    inputs = {modality: torch.rand(length, width).to(dtype) for modality, width in (widths or {'rgb': 3}).items()}
    return {'inputs': inputs, 'data_samples': ActionDataSample(metainfo={'video_name': name})}


@pytest.mark.parametrize('lengths', [(4,), (1,), (2, 5, 1)])
@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_a_collated_batch_is_padded(lengths, dtype):
    items = [item(f'v{i}', length, dtype, rgb=3, flow=2) for i, length in enumerate(lengths)]
    batch = SnippetDataPreprocessor()(pseudo_collate(items))
    assert list(batch) == ['inputs', 'mask', 'data_samples']
    assert batch['mask'].tolist() == [[t < length for t in range(max(lengths))] for length in lengths]
    assert [sample.video_name for sample in batch['data_samples']] == [f'v{i}' for i in range(len(lengths))]
    for modality, width in (('rgb', 3), ('flow', 2)):
        padded = batch['inputs'][modality]
        assert padded.shape == (len(lengths), max(lengths), width)
        assert padded.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)
        for i, length in enumerate(lengths):
            torch.testing.assert_close(padded[i, :length], items[i]['inputs'][modality].to(padded.dtype))
            assert not padded[i, length:].any()


@pytest.mark.parametrize('dtype', [torch.float16, torch.float32, torch.float64])
def test_one_copy_a_stream_gives_the_same_batch(dtype):
    """As it is made for a GPU."""
    lengths = np.array([2, 5, 1])
    items = [item('v', length, dtype, rgb=3, flow=2)['inputs'] for length in lengths.tolist()]
    preprocessor = SnippetDataPreprocessor()
    packed = preprocessor._pack({name: [video[name] for video in items] for name in ('rgb', 'flow')}, lengths)
    wanted = preprocessor({'inputs': items})['inputs']
    for name, found in preprocessor._gather(*packed).items():
        assert found.dtype == wanted[name].dtype
        assert found.equal(wanted[name])


def test_list_of_videos_and_no_samples():
    videos = [{'rgb': torch.rand(2, 3)}, {'rgb': torch.rand(1, 3)}]
    batch = SnippetDataPreprocessor()({'inputs': videos})
    assert batch['data_samples'] is None
    assert batch['mask'].tolist() == [[True, True], [True, False]]
    torch.testing.assert_close(batch['inputs']['rgb'][1, :1], videos[1]['rgb'])


def test_an_already_stacked_batch():
    videos = torch.rand(1, 4, 3)
    batch = SnippetDataPreprocessor()({'inputs': {'rgb': videos}})
    torch.testing.assert_close(batch['inputs']['rgb'], videos)


@pytest.mark.parametrize(
    ('data', 'words'),
    [
        ({'rgb': [torch.rand(4)]}, ['(4,)', '(T, D)']),
        ({'rgb': [torch.rand(0, 3)]}, ['(0, 3)']),
        ({'rgb': [torch.rand(2, 3), torch.rand(2, 4)]}, ['4 wide', 'number 1 of the batch']),
        ({'rgb': [torch.rand(2, 3)], 'flow': [torch.rand(3, 3)]}, ['flow has 3 snippets', '2']),
    ],
)
def test_bad_features_are_refused_in_one_line(data, words):
    with pytest.raises(InputError) as caught:
        SnippetDataPreprocessor()({'inputs': data})
    assert '\n' not in str(caught.value)
    assert all(word in str(caught.value) for word in words)


def test_the_message_names_the_video():
    bad = item('v_bad', 2)
    bad['inputs']['rgb'] = torch.rand(2)
    with pytest.raises(InputError, match='v_bad'):
        SnippetDataPreprocessor()(pseudo_collate([bad]))
