"""Kill a command at random moments, start it again, and compare what it wrote with an uninterrupted run, byte by byte.

The command writes to the folder that stands as {out} in it, and goes on when it is started again. Each trial starts
with an empty folder, kills all its processes (SIGKILL) at a moment drawn from the length of the uninterrupted run,
looks for files that are half written, and starts the command again until it ends. With --workers, several processes
share one folder in a last trial. Files whose path matches --ignore are left out: logs, records of the time. What was
being written when it was killed may lie in the folder under a hidden name, but not at the end.

Exits with 1 if anything differs; WORK then keeps the folder of that trial.

Examples:
    python tools/maintenance/kill_and_resume.py WORK --workers 2 -- tools/extract_features.py data/own_videos/videos \
        --extractor motion_histogram --out {out}
    python tools/maintenance/kill_and_resume.py WORK --kills 5 --ignore 'training/*' -- tools/discover.py \
        data/own_videos/videos --num-actions 5 --out {out}
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

from mmacl.cli import at_least_one, run_tool, seed
from mmacl.utils import InputError

LOCKS = '*.lock'


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('work', type=Path, metavar='WORK', help='folder for the trials; must not exist')
    parser.add_argument('--kills', type=at_least_one, default=20, help='trials (default: 20)')
    parser.add_argument('--seed', type=seed, default=0, help='of the moments (default: 0)')
    parser.add_argument('--workers', type=int, default=0, metavar='N', help='last, N processes at a time')
    parser.add_argument('--ignore', nargs='+', default=[], metavar='PATTERN', help='paths in {out} that may differ')
    parser.add_argument('command', nargs='+', metavar='COMMAND', help='after --: a tool and its arguments, with {out}')
    args = parser.parse_args()
    if not any('{out}' in word for word in args.command):
        parser.error('the command must name {out}')
    return args


def main() -> None:
    """Run whole, then killed, then side by side."""
    args = parse_args()
    if args.work.exists():
        raise InputError('exists already', file=args.work, remedy='name a new folder')
    out, whole, ignored = args.work / 'out', args.work / 'whole', [*args.ignore, LOCKS]
    args.work.mkdir(parents=True)
    words = [sys.executable, *(word.replace('{out}', str(out)) for word in args.command)]
    length = finish(words, args.work)
    out.rename(whole)
    print(f'uninterrupted: {length:.1f} s, {len(files_of(whole, ignored))} files', flush=True)
    draw, failed = random.Random(args.seed), 0
    for trial in range(args.kills):
        moment = draw.uniform(0, length)
        died = kill(words, moment, args.work)
        here, half = files_of(out, ignored), half_written(whole, out, ignored)
        finish(words, args.work)
        differ = differences(whole, out, ignored)
        failed += bool(half or differ)
        print(
            f'{trial + 1:2d}: {"killed" if died else "ended"} at {moment:.1f} s with {len(here)} files; '
            f'half written: {half or "none"}; differences at the end: {differ or "none"}',
            flush=True,
        )
        keep(out, args.work / f'killed_{trial}', bool(half or differ))
    if args.workers:
        started = [start(words, args.work) for _ in range(args.workers)]
        codes = [each.wait() for each in started]
        differ = differences(whole, out, ignored)
        failed += bool(differ or any(codes))
        print(f'{args.workers} at a time: exit codes {codes}; differences: {differ or "none"}')
        keep(out, args.work / 'workers', bool(differ or any(codes)))
    print(f'{failed} trials differ (seed {args.seed}, load {os.getloadavg()[0]:.1f})')
    if failed:
        sys.exit(1)


def start(words: Sequence[str], work: Path) -> subprocess.Popen[bytes]:
    """Start the command as the leader of a group of processes, its output in a file."""
    with open(work / 'log.txt', 'ab') as log:
        return subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True)


def finish(words: Sequence[str], work: Path) -> float:
    """Run the command to its end; return the seconds.

    Raises:
        InputError: it failed.
    """
    began = time.monotonic()
    code = start(words, work).wait()
    if code:
        raise InputError(f'the command ended with {code}', file=work / 'log.txt', remedy='read its output')
    return time.monotonic() - began


def kill(words: Sequence[str], moment: float, work: Path) -> bool:
    """Kill the command and what it started after so many seconds; return False if it ended before."""
    process = start(words, work)
    try:
        process.wait(moment)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True


def keep(out: Path, place: Path, differs: bool) -> None:
    """Make room for the next trial; keep a folder that differs."""
    if differs:
        out.rename(place)
    else:
        shutil.rmtree(out)


def files_of(folder: Path, ignored: Sequence[str]) -> set[str]:
    """Paths of all files in a folder, but for those that match a pattern."""
    names = (path.relative_to(folder).as_posix() for path in folder.rglob('*') if path.is_file())
    return {name for name in names if not any(fnmatch(name, pattern) for pattern in ignored)}


def differences(whole: Path, other: Path, ignored: Sequence[str]) -> list[str]:
    """Files that only one folder has, or whose bytes differ."""
    names = files_of(whole, ignored), files_of(other, ignored)
    unlike = {name for name in names[0] & names[1] if (whole / name).read_bytes() != (other / name).read_bytes()}
    return sorted((names[0] ^ names[1]) | unlike)


def half_written(whole: Path, other: Path, ignored: Sequence[str]) -> list[str]:
    """Files in the other folder that are not as in the whole one; hidden ones, which are temporary, do not count."""
    here = files_of(other, ignored)
    return [name for name in differences(whole, other, ignored) if name in here and not Path(name).name.startswith('.')]


if __name__ == '__main__':
    run_tool(main)
