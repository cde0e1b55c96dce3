from __future__ import annotations

import pytest

from mmacl.models import TwoStreamLocalizer
from mmacl.utils import InputError

LABELS = [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ('kwargs', 'word'),
    [
        ({'fusion_weights': {'rgb': 1.0}}, 'flow'),
        ({'attention': 'hard'}, "attention='hard'"),
        ({'length_groups': 0}, 'length_groups'),
        ({'num_clusters': 0}, 'num_clusters'),
        ({'in_channels': {'rgb': 0}}, 'in_channels.rgb'),
        ({'in_channels': {'r.g.b': 4}}, 'r.g.b'),
        ({'in_channels': {'keys': 4}}, 'keys'),
    ],
)
def test_bad_configs_are_refused_in_one_line(make_localizer, kwargs, word):
    with pytest.raises(InputError, match=word) as caught:
        make_localizer(**kwargs)
    assert '\n' not in str(caught.value)


def test_bad_input_is_refused_in_one_line(make_localizer, make_inputs, make_samples):
    model = make_localizer(post_processor=lambda *_: None)
    inputs, mask = make_inputs()

    def refused(*args, **kwargs):
        with pytest.raises(InputError) as caught:
            model(*args, **kwargs)
        assert '\n' not in str(caught.value)
        return str(caught.value)

    assert "'flow'" in refused({'rgb': inputs['rgb']}, mask=mask)
    assert 'rgb features are 3 wide' in refused({**inputs, 'rgb': inputs['rgb'][..., :3]}, mask=mask)
    assert "mode='train'" in refused(inputs, mask=mask, mode='train')
    assert 'data_samples' in refused(inputs, mask=mask, mode='predict')
    assert 'pseudo_label' in refused(inputs, None, mask, mode='loss')
    untimed = make_samples(LABELS)
    untimed[0].pop('snippet_duration')
    assert 'snippet_duration' in refused(inputs, untimed, mask, mode='predict')


def test_no_modality_is_refused(stream_config):
    with pytest.raises(InputError, match='no modality'):
        TwoStreamLocalizer({}, 3, stream_config)


@pytest.mark.parametrize('part', ['backbone', 'class_specific_head'])
def test_a_batch_norm_needs_the_whole_batch_at_once(make_localizer, stream_config, part):
    stream_config[part]['norm_cfg'] = dict(type='BN1d')
    with pytest.raises(InputError, match=r'length_groups=4 .* set model.length_groups=1'):
        make_localizer(stream=stream_config)
    make_localizer(stream=stream_config, length_groups=1)
    stream_config[part]['norm_cfg'] = dict(type='LN')
    make_localizer(stream=stream_config)
