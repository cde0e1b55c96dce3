"""Stands in for tools/train.py in tests of what starts trainings: the same files, in tenths of a second, without torch.

What it writes depends on the config's name, the seed and the round alone. Environment: STAND_IN_STARTS names a file
that gets a line for each start; STAND_IN_PAUSE is seconds a step; STAND_IN_FAIL is a config's name that fails.
"""

import argparse
import json
import os
import sys
import time
from hashlib import sha256
from pathlib import Path

ROUNDS, EPOCHS = 3, 4
COLUMNS = ('0.3', '0.4', '0.5', '0.6', '0.7', 'avg(0.3:0.7)')


def figure(*words: object) -> float:
    return int(sha256(repr(words).encode()).hexdigest()[:6], 16) / 16**6


def row(name: str, seed: int, round_: int) -> dict:
    found = {'round': round_, 'simulated': True}
    if not name.endswith('_ws'):
        found |= {f'cluster/{key}': figure(name, seed, round_, key) for key in ('purity', 'ari', 'nmi')}
    found |= {f'tal/mAP@{key}': figure(name, seed, round_, key) for key in COLUMNS}
    found |= {f'tal/whole-video/mAP@{key}': figure(name, key) / 10 for key in COLUMNS}
    return found | {f'tal/rgb/mAP@{key}': 0.0 for key in COLUMNS}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument('config', type=Path)
    parser.add_argument('--work-dir', type=Path)
    parser.add_argument('--seed', type=int)
    parser.add_argument('--resume', action='store_true')
    parser.add_argument('--cfg-options', nargs='+')
    args = parser.parse_args()
    name, rounds = args.config.stem, 1 if args.config.stem.endswith('_ws') else ROUNDS
    with open(os.environ['STAND_IN_STARTS'], 'a') as file:
        file.write(f'{name} {args.seed} {os.getpid()} {"resume" if args.resume else "new"}\n')
    if os.environ.get('STAND_IN_FAIL') == name:
        print('something went by\nerror: lr=-1: a learning rate is positive; mend the config', file=sys.stderr)
        return 2
    saved = sorted(int(path.stem[6:]) for path in args.work_dir.glob('epoch_*.pth')) if args.resume else []
    log = args.work_dir / f'{time.time_ns()}' / 'vis_data' / 'scalars.json'
    log.parent.mkdir(parents=True)
    with log.open('w', buffering=1) as file:
        done = saved[-1] if saved else 0
        for round_ in range(1, done // EPOCHS + 1):
            file.write(json.dumps(row(name, args.seed, round_)) + '\n')
        for epoch in range(done + 1, rounds * EPOCHS + 1):
            time.sleep(float(os.environ.get('STAND_IN_PAUSE', '0')))
            file.write(json.dumps({'loss': 1.0, 'epoch': epoch, 'step': epoch * 50}) + '\n')
            (args.work_dir / f'epoch_{epoch}.pth').write_bytes(b'')
            if epoch % EPOCHS == 0:
                file.write(json.dumps(row(name, args.seed, epoch // EPOCHS)) + '\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
