"""Attention is written a file a video, readable without unpickling."""

from __future__ import annotations

import numpy as np
import torch

from mmacl.engine import DumpAttentionHook
from mmacl.structures import ActionDataSample


def test_writes_attention_scores_and_timing(tmp_path):
    sample = ActionDataSample(metainfo=dict(video_name='v', snippet_duration=0.64, offset=1.5))
    sample.class_specific_attention = torch.rand(4, 2)
    sample.class_agnostic_attention = torch.rand(4)
    sample.video_scores = torch.rand(2)
    DumpAttentionHook(str(tmp_path / 'new')).after_test_iter(None, 0, outputs=[sample])
    with np.load(tmp_path / 'new' / 'v.npz', allow_pickle=False) as found:
        for name in ('class_specific_attention', 'class_agnostic_attention', 'video_scores'):
            np.testing.assert_array_equal(found[name], sample.get(name).numpy())
        assert found['snippet_duration'] == 0.64
        assert found['offset'] == 1.5


def test_leaves_out_attention_that_the_method_lacks(tmp_path):
    sample = ActionDataSample(metainfo=dict(video_name='v', snippet_duration=0.64, offset=1.5))
    sample.class_specific_attention, sample.video_scores = torch.rand(4, 2), torch.rand(2)
    DumpAttentionHook(str(tmp_path)).after_test_iter(None, 0, outputs=[sample])
    with np.load(tmp_path / 'v.npz', allow_pickle=False) as found:
        assert set(found) == {'class_specific_attention', 'video_scores', 'snippet_duration', 'offset'}
