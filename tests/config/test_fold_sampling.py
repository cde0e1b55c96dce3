"""``sampling`` of a method ends in the data loader, or is refused."""

from __future__ import annotations

import pytest
from mmengine.config import Config
from mmengine.runner import Runner

from mmacl.config import load_config
from mmacl.runs.run_record import RunRecord
from mmacl.utils import InputError

UNIFORM = "batch_sampler=dict(type='UniformBatchSampler', similar_pairs=1)"


@pytest.fixture
def write(folder, write_config):
    """Write a config that trains on a small folder, with a ``sampling``."""

    def write(sampling: str, extra: str = ''):
        return write_config(folder, f'{extra}\nsampling = {sampling}\n')

    return write


def loader(path, *options):
    config = load_config(path, options)
    assert 'sampling' not in config
    return config.train_dataloader


def test_each_key_replaces_what_the_data_set_says(write):
    plain = loader(write('None'))
    crop = "crop=dict(type='SampleSnippets', num_snippets=9)"
    found = loader(write(f'dict(batch_size=7, {UNIFORM}, {crop})'))
    assert found.batch_size == 7
    # Wholesale, but for the number of batches.
    assert found.batch_sampler == dict(type='UniformBatchSampler', similar_pairs=1, num_batches=3)
    pipelines = [[dict(step) for step in each.dataset.pipeline] for each in (plain, found)]
    assert [step['type'] for step in pipelines[0]] == ['LoadSnippetFeatures', 'RandomCropSnippets', 'PackActionInputs']
    assert pipelines[1] == [pipelines[0][0], dict(type='SampleSnippets', num_snippets=9), pipelines[0][2]]
    # What the key does not name stays.
    for key in ('num_workers', 'sampler'):
        assert found[key] == plain[key]


def test_what_is_left_out_stays(write):
    plain = loader(write('None')).to_dict()
    for sampling in ('dict()', "dict(crop=dict(type='RandomCropSnippets', max_snippets=750))"):
        assert loader(write(sampling)).to_dict() == plain
    assert loader(write('dict(batch_size=6)')).to_dict() == plain


@pytest.mark.parametrize(('given', 'expected'), [('', 3), (', num_batches=9', 9), (', num_batches=None', None)])
def test_number_of_batches(write, given, expected):
    found = loader(write(f"dict(batch_sampler=dict(type='UniformBatchSampler'{given}))"))
    assert found.batch_sampler.num_batches == expected


def test_no_crop(write):
    steps = [step.type for step in loader(write('dict(crop=None)')).dataset.pipeline]
    assert steps == ['LoadSnippetFeatures', 'PackActionInputs']


def test_options_reach_the_folded_keys(write):
    path = write(f'dict(batch_size=7, {UNIFORM})')
    words = ('train_dataloader.batch_size=8', 'train_dataloader.batch_sampler.similar_pairs=2')
    found = loader(path, *words)
    assert (found.batch_size, found.batch_sampler.similar_pairs) == (8, 2)
    for word in ('sampling.batch_size=8', '+sampling.batch_size=8'):
        with pytest.raises(InputError, match=r'sampling is folded .*; set train_dataloader.batch_size'):
            load_config(path, [word])


def test_methods_and_leaves_merge_before_the_folding(write, tmp_path):
    write(f'dict(batch_size=7, {UNIFORM})').rename(tmp_path / 'method.py')
    leaf = tmp_path / 'leaf.py'
    leaf.write_text("_base_ = './method.py'\nsampling = dict(batch_size=5)\n")
    assert loader(leaf).batch_size == 5
    leaf.write_text("_base_ = './method.py'\ntrain_dataloader = dict(batch_sampler=dict(num_batches=11))\n")
    assert loader(leaf).batch_sampler == dict(type='UniformBatchSampler', similar_pairs=1, num_batches=11)


@pytest.mark.parametrize(
    ('sampling', 'says'),
    [
        ('dict(batchsize=3)', "sampling takes no 'batchsize' .did you mean 'batch_size'"),
        ('dict(crops=None)', "sampling takes no 'crops' .did you mean 'crop'"),
        ('3', 'sampling=3 is not a mapping'),
        ("dict(batch_sampler='UniformBatchSampler')", r'names no component; write sampling.batch_sampler=dict\(type'),
        ('dict(batch_sampler=dict(similar_pairs=1))', 'sampling.batch_sampler=.* names no component'),
        ('dict(crop=9)', 'sampling.crop=9 names no component'),
        ("dict(batch_sampler=dict(type='UniformBatchSampler', similar_pair=1))", "did you mean 'similar_pairs'"),
    ],
)
def test_mistakes_are_named(write, sampling, says):
    path = write(sampling)
    with pytest.raises(InputError, match=says) as error:
        load_config(path)
    assert str(error.value).startswith(str(path))


def test_a_misspelt_key_is_named(write):
    with pytest.raises(InputError, match="top-level key 'samplng' is not known; did you mean 'sampling'"):
        load_config(write('None', 'samplng = dict(batch_size=3)'))


def test_a_pipeline_without_a_crop_cannot_be_given_another(write):
    extra = (
        "train_dataloader['dataset']['pipeline'] = [dict(type='LoadSnippetFeatures'), dict(type='PackActionInputs')]"
    )
    with pytest.raises(InputError, match=r'sampling.crop replaces RandomCropSnippets, of which .* has 0'):
        load_config(write("dict(crop=dict(type='SampleSnippets', num_snippets=9))", extra))
    assert len(loader(write('dict(crop=None)', extra)).dataset.pipeline) == 2


def test_training_refuses_a_sampling_that_is_not_folded(write, tmp_path):
    config = Config.fromfile(write('dict(batch_size=7)'))
    config.work_dir = str(tmp_path / 'run')
    with pytest.raises(
        InputError, match=r'^.*tiny_us.py: sampling was not folded .*; read the config with .*load_conf'
    ):
        Runner.from_cfg(config).train()


def test_trains_with_uniform_batches_and_sampled_snippets(write, cli, tmp_path):
    sampling = f"dict(batch_size=5, {UNIFORM}, crop=dict(type='SampleSnippets', num_snippets=12))"
    extra = """
model['stream']['losses'] = dict(triplet=None)
train_cfg.update(num_rounds=2, epochs_per_round=1)
test_dataloader['dataset']['pipeline'] = [
    dict(type='LoadSnippetFeatures'),
    dict(type='SampleSnippets', num_snippets=5),
    dict(type='LoadActionAnnotations'),
    dict(type='PackActionInputs'),
]
"""
    code, _, error = cli('train.py', write(sampling, extra), '--work-dir', tmp_path / 'run')
    assert code == 0, error
    written = (tmp_path / 'run' / 'tiny_us.py').read_text()
    assert 'UniformBatchSampler' in written
    assert '\nsampling' not in written
    # Videos of 9 to 29 seconds are tested by 5 snippets each, and segments are in seconds all the same.
    record = RunRecord(tmp_path / 'run')
    ends = []
    for name, curve in record.attention(2).items():
        sample = record.sample(name, 2)
        assert len(curve.class_specific) == 5
        ends.append(sample.pred_instances.segments[:, 1].max() / sample.duration)
    assert len(ends) == 6
    assert max(ends) == pytest.approx(1)
