"""A table of features changes no number."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mmacl.datasets import UntrimmedVideoDataset
from mmacl.datasets.feature_table import feature_table_bytes, read_feature_table
from mmacl.datasets.samplers import DrawnVideo
from mmacl.engine import FeatureTableHook
from mmacl.engine.hooks.feature_table_hook import _why_not
from mmacl.models import SnippetDataPreprocessor
from mmacl.utils import InputError

PIPELINE = [
    dict(type='LoadSnippetFeatures'),
    dict(type='RandomCropSnippets', max_snippets=5),
    dict(type='PackActionInputs'),
]
LENGTHS = (7, 3, 12, 1)


@pytest.fixture
def make_dataset(tmp_path):
    def make(pipeline=PIPELINE, dtypes=('float32',) * 4, scale=1.0):
        rng = np.random.default_rng(0)
        for stream, width in (('rgb', 4), ('flow', 3)):
            (tmp_path / 'features' / stream).mkdir(parents=True, exist_ok=True)
            for i, (length, dtype) in enumerate(zip(LENGTHS, dtypes, strict=True)):
                np.save(
                    tmp_path / 'features' / stream / f'v{i}.npy', (scale * rng.random((length, width))).astype(dtype)
                )
        return UntrimmedVideoDataset(
            data_root=str(tmp_path), ann_file=None, timing=dict(fps=25.0, snippet_stride=16), pipeline=pipeline
        )

    return make


@pytest.mark.parametrize('sampling', [PIPELINE[1], dict(type='SampleSnippets', num_snippets=4)])
def test_batches_are_the_same_bit_for_bit(make_dataset, sampling):
    dataset = make_dataset([PIPELINE[0], sampling, PIPELINE[2]])
    plain, preprocessor = SnippetDataPreprocessor(), SnippetDataPreprocessor()
    drawn = [DrawnVideo(index, 0, seed) for index, seed in ((2, 5), (0, 6), (3, 7), (2, 8))]
    batch = [dataset[video] for video in drawn]
    wanted = plain(
        {'inputs': [item['inputs'] for item in batch], 'data_samples': [item['data_samples'] for item in batch]}
    )
    preprocessor.table = read_feature_table(dataset, 'cpu')
    dataset.first_rows = preprocessor.table.first_rows
    batch = [dataset[video] for video in drawn]
    found = preprocessor(
        {'inputs': [item['inputs'] for item in batch], 'data_samples': [item['data_samples'] for item in batch]}
    )
    assert found['mask'].equal(wanted['mask'])
    assert {name: x.shape for name, x in found['inputs'].items()} == {n: x.shape for n, x in wanted['inputs'].items()}
    for name, x in wanted['inputs'].items():
        assert found['inputs'][name].equal(x)
    for ours, theirs in zip(found['data_samples'], wanted['data_samples'], strict=True):
        assert ours.metainfo == theirs.metainfo


def test_the_bytes_are_counted_before_anything_is_read(make_dataset):
    dataset = make_dataset()
    assert feature_table_bytes(dataset) == read_feature_table(dataset, 'cpu').num_bytes == (1 + 23) * 7 * 4
    assert feature_table_bytes(dataset, 'float16') == read_feature_table(dataset, 'cpu', 'float16').num_bytes


@pytest.mark.parametrize(
    ('options', 'dtype', 'said'),
    [
        (dict(scale=1e6), 'float16', 'does not fit into float16'),
        (dict(dtypes=('float16', 'float16', 'float32', 'float16')), None, 'rgb of v2 is float32, the first video'),
    ],
)
def test_no_digit_is_lost_unsaid(make_dataset, options, dtype, said):
    with pytest.raises(InputError, match=said):
        read_feature_table(make_dataset(**options), 'cpu', dtype)


def test_a_transform_that_may_change_values_keeps_features(make_dataset):
    preprocessor = SnippetDataPreprocessor()
    assert _why_not(make_dataset(), preprocessor) is None
    wrapped = [PIPELINE[0], dict(type='RandomApply', transforms=[PIPELINE[1]]), PIPELINE[2]]
    assert _why_not(make_dataset(wrapped), preprocessor) == 'RandomApply may change their values'
    assert 'is no UntrimmedVideoDataset' in str(_why_not([], preprocessor))
    assert 'is no SnippetDataPreprocessor' in str(_why_not(make_dataset(), None))


@pytest.mark.parametrize('wrong', [dict(budget_bytes=-1), dict(dtype='int8')])
def test_wrong_values_are_refused(wrong):
    with pytest.raises(InputError, match='feature_table'):
        FeatureTableHook(**wrong)


def test_on_a_cpu_there_is_no_table_unless_it_is_asked_for():
    assert FeatureTableHook()._budget(torch.device('cpu')) == 0
    assert FeatureTableHook(budget_bytes=5)._budget(torch.device('cpu')) == 5
