"""Kill a conversion before each call that changes the disk, go on, and compare; run by test_convert_features.py.

Arguments: a folder of features, and a folder to work in. Prints the number of calls before which it was killed.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from pathlib import Path

from mmacl.dataset_tools.conversion import FeatureConverter, FeaturePlanner, Manifest, OutputFolder, write_text
from mmacl.datasets import NpyFolderStore

CALLS = ('open', 'mkdir', 'replace', 'unlink', 'rmdir', 'fsync', 'utime')
OPEN = os.open


def convert(source: Path, path: Path) -> bool:
    """Convert; whether there was anything to do."""
    planner = FeaturePlanner(NpyFolderStore(source), {}, ('rgb', 'flow'), 'float32', str(source))
    with OutputFolder(path) as out:
        manifest = Manifest(out)
        plan = planner.plan(out, manifest)
        if not plan.videos and not out.is_unfinished:
            return False
        out.begin()
        write_text('annotations.json', '{"database": {}}', out, manifest)
        FeatureConverter(planner, out, manifest, jobs=2).run(plan, False, lambda *_: None)
        manifest.finish()
        manifest.close()
    return True


def kill_before(number: int) -> None:
    """Let the process die before its call of this number."""
    lock, calls = threading.Lock(), [0]

    def counted(function):
        def call(*args, **kwargs):
            looks_only = function is OPEN and not args[1] & os.O_CREAT
            with lock:
                calls[0] += not looks_only
                if calls[0] == number and not looks_only:
                    os.kill(os.getpid(), signal.SIGKILL)
            return function(*args, **kwargs)

        return call

    for name in CALLS:
        original = getattr(os, name)
        wrapped = counted(original)
        setattr(os, name, wrapped)
        if original in os.supports_dir_fd:
            os.supports_dir_fd.add(wrapped)


def in_child(action) -> int:
    """Do it in a process of its own; how it ended."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(action())
        except BaseException as error:
            print(f'{type(error).__name__}: {error}', file=sys.stderr, flush=True)
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def tree(path: Path) -> dict[str, tuple[bytes, int]]:
    """Content of all files, and times of the features."""
    return {
        str(file.relative_to(path)): (file.read_bytes(), file.stat().st_mtime_ns if file.suffix == '.npy' else 0)
        for file in sorted(path.rglob('*'))
        if file.is_file()
    }


def main() -> None:
    """Try every moment."""
    source, work = map(Path, sys.argv[1:])
    assert in_child(lambda: not convert(source, work / 'whole')) == 0
    expected = tree(work / 'whole')
    number = 0
    while True:
        number += 1

        def killed(number=number):
            kill_before(number)
            return not convert(source, work / 'out')

        end = in_child(killed)
        if end == 0:
            break
        assert end == -signal.SIGKILL, f'kill {number}: ended with {end}'
        assert in_child(lambda: not convert(source, work / 'out')) in (0, 1), f'kill {number}: cannot go on'
        assert tree(work / 'out') == expected, f'kill {number}: {sorted(tree(work / "out"))}'
        assert not [path for path in (work / 'out').iterdir() if path.name.startswith('.')], f'kill {number}'
        assert in_child(lambda: not convert(source, work / 'out')) == 1, f'kill {number}: still something to do'
        shutil.rmtree(work / 'out')
    print(number - 1)


if __name__ == '__main__':
    main()
