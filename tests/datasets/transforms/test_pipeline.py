"""Transforms of mmcv and of mmacl in one pipeline."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch
from mmcv.transforms import BaseTransform, Compose, RandomApply
from mmengine.registry import DefaultScope

from mmacl.config import load_config
from mmacl.datasets import DrawnVideo, RandomCropSnippets, UntrimmedVideoDataset
from mmacl.datasets.transforms import build_pipeline
from mmacl.registry import DATASETS, TRANSFORMS

SYNTHETIC = Path(__file__).parents[3] / 'configs/acl/acl_synthetic_us.py'
NAMES = ('LoadSnippetFeatures', 'LoadActionAnnotations', 'PackActionInputs', 'RandomCropSnippets')
LOAD, PACK, CROP = dict(type='LoadSnippetFeatures'), dict(type='PackActionInputs'), dict(type='RandomCropSnippets')
WRAPPED = {
    'Compose': dict(type='Compose', transforms=[LOAD, dict(CROP, max_snippets=3)]),
    'RandomApply': dict(type='RandomApply', prob=0.5, transforms=[dict(CROP, max_snippets=3)]),
    'RandomChoice': dict(
        type='RandomChoice', transforms=[[dict(CROP, max_snippets=3)], [dict(CROP, max_snippets=5)]], prob=[0.5, 0.5]
    ),
    'KeyMapper': dict(
        type='KeyMapper',
        mapping=dict(features='features', num_snippets='num_snippets', timing='timing', seed='drawn_cluster'),
        remapping=dict(features='features', num_snippets='num_snippets', timing='timing'),
        transforms=[dict(CROP, max_snippets=3)],
    ),
}
LENGTHS = {'Compose': {3}, 'RandomApply': {3, 8}, 'RandomChoice': {3, 5}, 'KeyMapper': {3}}


class Draw(BaseTransform):
    """Keeps one number of each global generator."""

    def transform(self, results):
        results['drawn'] = random.random(), np.random.rand(), torch.rand(()).item()
        return results


@pytest.fixture
def folder(tmp_path):
    for stream in ('rgb', 'flow'):
        (tmp_path / 'features' / stream).mkdir(parents=True)
        for name in ('a', 'b'):
            np.save(tmp_path / 'features' / stream / f'{name}.npy', np.arange(16, dtype=np.float32).reshape(8, 2))
    return tmp_path


@pytest.fixture
def dataset(folder):
    def build(pipeline):
        timing = dict(fps=25.0, snippet_stride=16)
        return UntrimmedVideoDataset(folder, ann_file=None, timing=timing, pipeline=pipeline)

    return build


def lengths(dataset, draws=40):
    items = [dataset[DrawnVideo(seed % 2, 0, seed)] for seed in range(draws)]
    for item in items:
        sample = item['data_samples']
        assert all(len(features) == sample.num_snippets for features in item['inputs'].values())
        assert sample.offset == pytest.approx(item['inputs']['rgb'][0, 0].item() / 2 * 0.64)
    return [item['data_samples'].num_snippets for item in items]


@pytest.mark.parametrize('name', NAMES)
def test_each_is_a_transform_of_mmcv(name):
    assert issubclass(TRANSFORMS.get(name), BaseTransform)


@pytest.mark.parametrize('scope', [None, 'mmacl'])
@pytest.mark.parametrize('wrapper', WRAPPED)
def test_wrappers_of_mmcv_run_in_a_pipeline(dataset, wrapper, scope):
    steps = [WRAPPED[wrapper], PACK] if wrapper == 'Compose' else [LOAD, WRAPPED[wrapper], PACK]
    with DefaultScope.overwrite_default_scope(scope):
        found = dataset(steps)
    assert set(lengths(found)) == LENGTHS[wrapper]


def test_ready_transforms_run_in_a_pipeline(dataset):
    crop = RandomApply(Compose([RandomCropSnippets(3)]), prob=1.0)
    assert build_pipeline([crop]) == [crop]
    assert set(lengths(dataset([LOAD, crop, PACK]))) == {3}


@pytest.mark.parametrize('wrapper', ['RandomApply', 'RandomChoice'])
def test_a_choice_depends_on_the_seed_of_the_draw_alone(dataset, wrapper):
    found = dataset([LOAD, WRAPPED[wrapper], PACK])
    expected = lengths(found)
    for disturbance in range(3):
        np.random.seed(disturbance)
        assert lengths(found) == expected
    first, second = (found[index]['data_samples'].num_snippets for index in (0, 1))
    assert [found[index]['data_samples'].num_snippets for index in (0, 1)] == [first, second]


def test_every_global_generator_is_seeded_and_put_back(dataset):
    found = dataset([Draw()])
    random.seed(1), np.random.seed(1), torch.manual_seed(1)
    expected = Draw()({})['drawn']
    random.seed(1), np.random.seed(1), torch.manual_seed(1)
    one, same, other = (found[DrawnVideo(0, 0, seed)]['drawn'] for seed in (2**62, 2**62, 2**62 + 1))
    assert one == same
    assert all(a != b for a, b in zip(one, other, strict=True))
    assert Draw()({})['drawn'] == expected


def test_generators_are_put_back_after_an_error(dataset):
    np.random.seed(1)
    expected = np.random.rand()
    np.random.seed(1)
    with pytest.raises(KeyError, match='features'):
        dataset([dict(CROP, max_snippets=1)])[0]
    assert np.random.rand() == expected


def test_a_config_names_a_wrapper_like_any_other_transform(tmp_path):
    config = tmp_path / 'random_crop.py'
    config.write_text(
        f"_base_ = '{SYNTHETIC}'\n"
        "pipeline = [dict(type='LoadSnippetFeatures'), dict(type='RandomApply', prob=0.5, transforms=["
        "dict(type='RandomCropSnippets', max_snippets=4)]), dict(type='PackActionInputs')]\n"
        'train_dataloader = dict(dataset=dict(num_videos=6, num_classes=2, pipeline=pipeline))\n'
    )
    found = DATASETS.build(load_config(config).train_dataloader.dataset)
    short = [found[DrawnVideo(0, 0, seed)]['data_samples'].num_snippets == 4 for seed in range(20)]
    assert 0 < sum(short) < 20
