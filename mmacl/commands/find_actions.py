r"""Find the actions in video files: segments as JSON, CSV and subtitles, videos with a timeline, pages that play them.

Writes for each video OUT/<video>.srt, .vtt, .mp4 (a timeline under the picture) and .html (the video, a timeline whose
segments are a click away, the attention), and for all together OUT/actions.json (ActivityNet's form) and
OUT/actions.csv. The features stay in OUT/features. The same command goes on where it was stopped.
Several processes may share one OUT.

A file that is no whole video is reported and left out; the exit code is then 1.

Examples:
    python tools/find_actions.py holiday.mp4 --model configs/acl/acl_custom_us.py --checkpoint epoch_60.pth \
        --weights i3d_rgb.safetensors --out found
    python tools/find_actions.py my_videos --model mine.py --checkpoint epoch_60.pth --weights i3d_rgb.safetensors \
        --out found --names names.json --top 20
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import filelock

from mmacl.cli import at_least_one, import_plugin
from mmacl.utils import InputError, check_can_write, explain_os_error
from mmacl.utils.collected_errors import collect_errors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mmacl.apis import ActionLocalizationInferencer
    from mmacl.video import FeatureExtractor, FeatureFolder, Source

AFTER_INTERRUPT = 'the same command goes on'
_STATE, _RECORD = '.mmacl-actions', 'the record of the actions of a video'


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'inputs', nargs='+', metavar='VIDEO', help='a video, a folder of them, or a .txt file with paths on its lines'
    )
    parser.add_argument('--model', required=True, metavar='CONFIG', help='config of the training, or its name')
    parser.add_argument('--checkpoint', required=True, metavar='CKPT', help='checkpoint of the training')
    parser.add_argument('--out', required=True, metavar='DIR', help='folder to write')
    shown = parser.add_argument_group('what is written')
    shown.add_argument('--names', metavar='JSON', help='names of the clusters; see docs/en/video.md')
    shown.add_argument('--top', type=at_least_one, metavar='N', help='the best N segments of a video (default: all)')
    shown.add_argument('--min-score', type=_number, metavar='S', help='only segments with this score or a higher one')
    shown.add_argument('--no-mp4', action='store_true', help='no video with a timeline, which takes the longest')
    shown.add_argument('--embed', action='store_true', help='the pages hold their videos, and need no other file')
    read = parser.add_argument_group('features, as in the training')
    read.add_argument(
        '--extractor', nargs='+', default=['i3d_rgb'], metavar='NAME', help='one for each stream (default: i3d_rgb)'
    )
    read.add_argument('--weights', nargs='+', default=[], metavar='FILE', help='weights of each extractor')
    read.add_argument('--flow', metavar='NAME', help='tvl1, tvl1_opencv or dis, for extractors of flow (default: tvl1)')
    read.add_argument(
        '--extractor-options', nargs='+', default=(), metavar='KEY=VALUE', help='further arguments of each extractor'
    )
    read.add_argument('--fps', type=float, help='frames a second to sample (default: that of the config, or 25)')
    read.add_argument('--stride', type=int, help='frames from snippet to snippet (default: that of the config, or 16)')
    read.add_argument('--crops', choices=['center', 'ten'], default='center', help='squares of a frame that are used')
    read.add_argument('--batch-size', type=at_least_one, default=4, metavar='N', help='snippets at a time (default: 4)')
    read.add_argument('--device', default='auto', help='cpu, cuda, cuda:1 (default: a GPU if there is one)')
    read.add_argument('--precision', choices=['float32', 'bfloat16', 'float16'], default='float32')
    read.add_argument('--allow-partial', action='store_true', help='use truncated files as far as they go')
    read.add_argument('--plugin', action='append', default=[], metavar='MODULE', help='import this module first')
    args = parser.parse_args()
    if (args.fps is not None and not args.fps > 0) or (args.stride is not None and args.stride < 1):
        parser.error('--fps and --stride must be positive')
    if args.weights and len(args.weights) != len(args.extractor):
        parser.error(f'{len(args.weights)} --weights for {len(args.extractor)} --extractor: give one for each')
    return args


def _number(word: str) -> float:
    """A number that is one."""
    number = float(word)
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f'{word} is no number')
    return number


def main() -> None:
    """Check everything first, then go through the videos."""
    args = parse_args()
    for module in args.plugin:
        import_plugin(module)
    from mmacl.utils import track
    from mmacl.utils.take_turns import take_turns
    from mmacl.video import find_videos

    with collect_errors() as failed:
        sources = find_videos(args.inputs, outside=args.out)
    if not sources:
        raise failed[0]
    out = Path(args.out)
    for source in sources:
        if source.path.resolve().parent == out.resolve():
            raise InputError(
                'is the folder of a video, whose own files could be overwritten', file=out, remedy='give another --out'
            )
    check_can_write(out, '--out', folder=True)
    finder = Finder(args, out)
    found: dict[str, list[dict[str, Any]]] = {}
    turns = take_turns(sources, lambda source: [finder.lock(source)])
    for number, source in enumerate(track(turns, 'videos', len(sources)), start=1):
        place = f'[{number}/{len(sources)}] {source.name}'
        try:
            found[source.name] = finder.find(source)
            print(f'{place}: segments: {len(found[source.name])}')
        except (InputError, OSError) as error:
            failed.append(error if isinstance(error, InputError) else explain_os_error(error))
            print(f'{place}: failed: {failed[-1].what}')
    finder.write({source.name: found[source.name] for source in sources if source.name in found})
    print(f'{out}: videos: {len(found)}, segments: {sum(map(len, found.values()))}')
    for each in failed:
        print(f'left out: {each}', file=sys.stderr)
    if failed:
        sys.exit(1)


class Finder:
    """The model, the extractors, and the folder that is written.

    Args:
        args: the command line.
        out: the folder.

    Raises:
        InputError: the model, the weights or the names cannot be used, or the folder holds features of other settings.
    """

    def __init__(self, args: argparse.Namespace, out: Path) -> None:
        from mmacl.apis import ActionLocalizationInferencer
        from mmacl.config import load_config
        from mmacl.structures import read_action_names
        from mmacl.video import FeatureFolder

        self.args, self.out = args, out
        names = None if args.names is None else read_action_names(args.names)
        config = load_config(args.model)
        extractors = build_extractors(args)
        self.inferencer: ActionLocalizationInferencer = ActionLocalizationInferencer(
            config,
            args.checkpoint,
            next(iter(extractors.values())).device,
            extractor=extractors,
            fps=args.fps,
            stride=args.stride,
            names=args.names,
        )
        video_input = self.inferencer.video_input
        assert video_input is not None
        self.sampling = {'fps': video_input.options['fps'], 'stride': video_input.options['stride']}
        self.streams: list[tuple[FeatureFolder, FeatureExtractor]] = []
        settings = {}
        for modality, extractor in extractors.items():
            settings[modality] = {**extractor.settings(), **self.sampling, 'precision': args.precision}
            self.streams.append((FeatureFolder(out, modality, settings[modality]), extractor))
        shown = {key: getattr(args, key) for key in ('top', 'min_score', 'no_mp4', 'embed', 'allow_partial')}
        given = None if names is None else names.to_json(100)
        checkpoint = _stamp(Path(args.checkpoint))
        self._key = [settings, shown, given, checkpoint, config.pretty_text]
        self.facts = [
            ('model', Path(config.filename or args.model).stem),
            ('checkpoint', Path(args.checkpoint).name),
            ('features', ', '.join(f'{m} by {type(e).__name__}' for m, e in extractors.items())),
            ('sampled at', f'{self.sampling["fps"]:g} frames a second, a snippet every {self.sampling["stride"]}'),
            ('names of the actions', Path(args.names).name if args.names else 'none given'),
        ]

    def find(self, source: Source) -> list[dict[str, Any]]:
        """Find the segments of a video and write its files, unless that was done before; holds the lock of the video.

        Raises:
            InputError: the video cannot be used, or a file cannot be written.
            OSError: a file cannot be written.
        """
        from mmacl.datasets.untrusted.names import check_video_name
        from mmacl.localization import select_detections
        from mmacl.reports.found_actions import write_found_actions
        from mmacl.structures import ClusterMapping
        from mmacl.utils import write_json_atomically
        from mmacl.utils.files import remove_temporary
        from mmacl.utils.strict_json import read_strict_json

        check_video_name(source.name, str(source.path))
        features, timing = self.extract(source)
        digest = hashlib.sha256(json.dumps([self._key, _stamp(source.path), timing]).encode()).hexdigest()
        record = self._record(source)
        endings = ('srt', 'vtt', 'html') if self.args.no_mp4 else ('srt', 'vtt', 'html', 'mp4')
        if record.is_file() and all((self.out / f'{source.name}.{ending}').is_file() for ending in endings):
            before = read_strict_json(record, _RECORD)
            if before['digest'] == digest:
                done: list[dict[str, Any]] = before['segments']
                return done
        remove_temporary(record, *(self.out / f'{source.name}.{ending}' for ending in ('srt', 'vtt', 'html', 'mp4')))
        sample = self.inferencer.predict_features(source.name, features, timing)
        found = select_detections(self.inferencer.describe(sample), self.args.top, self.args.min_score)
        model = self.inferencer.model
        write_found_actions(
            self.out,
            source,
            sample,
            found,
            model.cluster_mapping or ClusterMapping.anonymous(model.num_clusters),
            [('file', source.path.name), *self.facts, ('snippets', str(sample.num_snippets))],
            with_mp4=not self.args.no_mp4,
            embed=self.args.embed,
            allow_partial=self.args.allow_partial,
        )
        segments = [dict(each) for each in found]
        write_json_atomically(record, {'video': source.name, 'digest': digest, 'segments': segments}, indent=None)
        return segments

    def lock(self, source: Source) -> filelock.BaseFileLock:
        """A lock by which one process takes the video."""
        path = self._record(source).with_suffix('.lock')
        path.parent.mkdir(parents=True, exist_ok=True)
        return filelock.FileLock(path)

    def _record(self, source: Source) -> Path:
        return self.out / _STATE / f'{hashlib.sha256(source.name.encode()).hexdigest()[:24]}.json'

    def extract(self, source: Source) -> tuple[dict[str, Path], Mapping[str, float]]:
        """Extract each stream of a video into the folder, unless it is there; return the files and the timing."""
        from mmacl.video import extract_videos

        options = {'batch_size': self.args.batch_size, 'allow_partial': self.args.allow_partial, **self.sampling}
        for _, result in extract_videos([source], self.streams, **options):
            if isinstance(result, InputError):
                raise result
        folders = [folder for folder, _ in self.streams]
        return {folder.modality: folder.feature_file(source) for folder in folders}, folders[-1].timing(source)

    def write(self, found: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Write the files of all videos."""
        from mmacl.localization import csv_text, describe_results
        from mmacl.utils import write_json_atomically, write_text_atomically
        from mmacl.utils.files import remove_temporary

        self.streams[0][0].write_timing()
        results = describe_results({name: list(map(dict, rows)) for name, rows in found.items()}, {})
        tables = self.out / 'actions.json', self.out / 'actions.csv'
        with filelock.FileLock(self.out / _STATE / 'tables.lock'):
            remove_temporary(*tables)
            write_json_atomically(tables[0], results)
            write_text_atomically(tables[1], csv_text(results['results']))


def build_extractors(args: argparse.Namespace) -> dict[str, FeatureExtractor]:
    """Build the extractors that the command line names, by modality."""
    from mmacl.commands.extract_features import build_extractor
    from mmacl.registry import EXTRACTORS

    built: dict[str, FeatureExtractor] = {}
    for name, weights in zip(args.extractor, args.weights or [None] * len(args.extractor), strict=True):
        of_flow = getattr(EXTRACTORS.get(name), 'modality', '') == 'flow'
        own = {'extractor': name, 'weights': weights, 'flow': args.flow if of_flow else None}
        extractor = build_extractor(argparse.Namespace(**{**vars(args), **own}))
        if extractor.modality in built:
            raise InputError(f'two extractors give {extractor.modality} features', file=f'--extractor {name}')
        built[extractor.modality] = extractor
    return built


def _stamp(path: Path) -> list[Any]:
    """Recognise a file that changed."""
    if not path.is_file():
        return []
    found = path.stat()
    return [path.name, found.st_size, found.st_mtime_ns]
