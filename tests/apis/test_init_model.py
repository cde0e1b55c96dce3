import pytest
import torch

from mmacl.apis import init_model, load_config
from mmacl.utils import InputError


def test_weights_mapping_and_mode(config_file, checkpoint):
    model = init_model(config_file, checkpoint)
    assert not model.training
    assert model.cluster_mapping.class_names == ('class_0', 'class_1', 'class_2')
    stored = torch.load(checkpoint, weights_only=True)['state_dict']
    assert stored.keys() == model.state_dict().keys()
    assert all(torch.equal(stored[name], tensor) for name, tensor in model.state_dict().items())


def test_config_as_path_text_or_object(config_file, checkpoint):
    for config in (config_file, str(config_file), load_config(config_file)):
        assert init_model(config, checkpoint).num_clusters == 3


def test_config_by_its_name():
    assert init_model('acl_synthetic_us').in_channels == {'rgb': 128, 'flow': 128}


def test_without_checkpoint_the_clusters_are_anonymous(config_file):
    assert init_model(config_file).cluster_mapping is None


def test_checkpoint_of_another_model_is_refused_by_name(config_file, checkpoint):
    config = load_config(config_file, {'model.num_clusters': 4})
    with pytest.raises(InputError, match=r'epoch_2.pth: .*num_clusters=3, the config has num_clusters=4'):
        init_model(config, checkpoint)


@pytest.mark.parametrize(
    ('change', 'names'), [('missing', 'lacks'), ('unknown', 'has extra'), ('shape', r'of shape \(1,\)')]
)
def test_checkpoint_with_other_weights_is_refused(config_file, checkpoint, change, names):
    state = torch.load(checkpoint, weights_only=True)
    name = next(iter(state['state_dict']))
    if change == 'missing':
        del state['state_dict'][name]
    else:
        state['state_dict'][name if change == 'shape' else 'extra'] = torch.zeros(1)
    torch.save(state, checkpoint)
    with pytest.raises(InputError, match=names):
        init_model(config_file, checkpoint)


@pytest.mark.parametrize(
    ('config', 'names'), [('no_such_model', 'no_such_model'), ('no/such/file.py', 'no/such/file.py')]
)
def test_unknown_config(config, names):
    with pytest.raises(InputError, match=names):
        init_model(config)


def test_missing_checkpoint(config_file):
    with pytest.raises(InputError, match=r'nothing\.pth'):
        init_model(config_file, 'nothing.pth')


@pytest.mark.parametrize('device', ['cuda:77', 'toaster'])
def test_device_that_is_not_there(config_file, device):
    with pytest.raises(InputError, match=device):
        init_model(config_file, device=device)
