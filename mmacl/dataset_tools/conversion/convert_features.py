"""Read features from any store and write them as plain files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import NamedTuple

import numpy as np
from numpy.lib import format as npy_format

from mmacl.dataset_tools.conversion.feature_plan import FeatureFile, FeaturePlan, FeaturePlanner, faults_of
from mmacl.dataset_tools.conversion.manifest import Manifest, Written
from mmacl.dataset_tools.conversion.output_folder import OutputError, OutputFolder
from mmacl.dataset_tools.fault import Fault
from mmacl.datasets.stores import Features
from mmacl.utils import InputError

_LARGEST_HALF = float(np.finfo(np.float16).max)


class _Finished(NamedTuple):
    """A file that is whole and on disk, but not in its place yet."""

    part: str
    path: str
    entry: Written


class FeatureConverter:
    """Write the videos of a plan, several at a time.

    It uses threads: reading, rounding and writing release Python's lock, so that threads are about as fast as
    processes, and they share the files that a store has opened. A video gets all its streams, whole, or none.

    Args:
        planner: made the plan.
        out: where to.
        manifest: what is there; it is kept up to date.
        jobs: videos at a time.
    """

    def __init__(self, planner: FeaturePlanner, out: OutputFolder, manifest: Manifest, jobs: int) -> None:
        self._planner, self._out, self._manifest, self._jobs = planner, out, manifest, jobs

    def run(self, plan: FeaturePlan, keep_going: bool, progress: Callable[[int, bool], None]) -> list[Fault]:
        """Convert.

        Args:
            plan: the videos.
            keep_going: True: a video that cannot be converted is left out.
            progress: called after each video with its bytes, and whether they were written.

        Returns:
            The videos that were left out, by name.

        Raises:
            InputError: a video cannot be converted, and ``keep_going`` is False. What was finished stays.
        """
        faults: list[Fault] = []

        def settle(future: Future[list[_Finished]]) -> None:
            video = futures.pop(future)
            found = self._settle(future, video)
            faults.extend(found)
            progress(sum(file.num_bytes for file in plan.videos[video]), not found)

        with ThreadPoolExecutor(self._jobs, thread_name_prefix='convert') as pool:
            futures = {
                pool.submit(self._convert, index, video, files): video
                for index, (video, files) in enumerate(plan.videos.items())
            }
            try:
                for future in as_completed(list(futures)):
                    settle(future)
                    if faults and not keep_going:
                        break
            finally:
                # Videos that are being read are finished; finished ones stay for the next call.
                pool.shutdown(cancel_futures=True)
        for future in [future for future in futures if not future.cancelled()]:
            settle(future)
        faults.sort(key=lambda fault: fault.video)
        if faults and not keep_going:
            raise faults[0].error(f'{faults[0].remedy}; --keep-going leaves such videos out')
        return faults

    def _settle(self, future: Future[list[_Finished]], video: str) -> list[Fault]:
        """Put the files of a video into their places, or say why there are none."""
        try:
            finished = future.result()
        except OutputError:
            raise
        except (InputError, OSError) as error:
            return faults_of(error, video)
        for part, path, entry in finished:
            self._manifest.record(path, entry)
            self._out.place(part, path)
        return []

    def _convert(self, index: int, video: str, files: Sequence[FeatureFile]) -> list[_Finished]:
        """Read and write the streams of a video, in a thread."""
        finished: list[_Finished] = []
        try:
            for number, file in enumerate(files):
                features = self._read(video, file)
                part = f'{index}.{number}'
                with self._out.part(part) as stream:
                    npy_format.write_array(stream, features, allow_pickle=False)
                # The time of the source shows later whether the file was touched since.
                there = self._out.stamp(part, file.time)
                entry = Written(file.source or '', there.st_size, there.st_mtime_ns)
                finished.append(_Finished(part, file.path, entry))
        except BaseException:
            for done in finished:
                self._out.drop(done.part)
            raise
        return finished

    def _read(self, video: str, file: FeatureFile) -> Features:
        """The features of one stream, in the precision to write."""
        planner = self._planner
        where = planner.store.describe(video, file.modality)
        features = planner.store.load(video, file.modality)
        if planner.state(video, file.modality) != (file.source, file.time):
            raise InputError(
                'has changed while it was converted', file=where, remedy='convert it again when it is whole'
            )
        return cast_features(features, planner.dtype, where)


def cast_features(features: Features, dtype: str, where: str) -> Features:
    """Features of another precision, contiguous.

    Args:
        features: (T, D), finite.
        dtype: ``'float16'``, to the nearest value that it has, or ``'float32'``, without loss.
        where: they come from, for messages.

    Raises:
        InputError: a value does not fit into float16.
    """
    if dtype == 'float16' and features.dtype != np.float16:
        largest = max(float(features.max()), -float(features.min()))
        if largest > _LARGEST_HALF:
            raise InputError(
                f'{largest:g} does not fit into float16, which ends at {_LARGEST_HALF:g}',
                file=where,
                remedy='use --dtype float32',
            )
    return np.ascontiguousarray(features, dtype=dtype)
