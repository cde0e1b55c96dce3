"""Choose the number of clusters for the training videos of a config, by eigengap, silhouette and stability.

The features are weighed by uniform attention, as in the first round; nothing is trained. Each criterion names the
number at which it is highest, and the middle one of the three is chosen. It is a guess: look at the curves.

Examples:
    python tools/analysis_tools/choose_num_clusters.py configs/acl/acl_synthetic_us.py --plot number.png
    python tools/analysis_tools/choose_num_clusters.py acl_custom_us --range 2 30 --json number.json
"""

from __future__ import annotations

import argparse

from mmacl.cli import add_config_arguments, at_least_one, seed
from mmacl.utils import check_can_write, write_json_atomically
from mmacl.utils.tables import draw_table


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_config_arguments(parser)
    parser.add_argument(
        '--range',
        nargs=2,
        type=at_least_one,
        metavar=('FIRST', 'LAST'),
        help='numbers to try (default: 2 to a quarter of the videos, at least 10, at most 50)',
    )
    parser.add_argument(
        '--seeds', nargs='+', type=seed, default=[0, 1, 2, 3, 4], help='of the draws for stability (default: 0 to 4)'
    )
    parser.add_argument('--json', metavar='F.json', help='write the figures and the reasons as one JSON object')
    parser.add_argument('--plot', metavar='F.png', help='draw the criteria')
    args = parser.parse_args()
    if len(set(args.seeds)) < 2:
        parser.error('--seeds: give at least two')
    return args


def main() -> None:
    """Choose, print, and write."""
    args = parse_args()
    for option, file in (('--json', args.json), ('--plot', args.plot)):
        if file:
            check_can_write(file, option)

    from mmacl.apis import count_clusters

    candidates = None if args.range is None else range(args.range[0], args.range[1] + 1)
    count = count_clusters(args.config, args.cfg_options, args.plugin, candidates, tuple(dict.fromkeys(args.seeds)))
    rows = [['C', *count.criteria]]
    for place, number in enumerate(count.candidates):
        rows.append([str(number), *(f'{values[place]:.4f}' for values in count.criteria.values())])
    print(draw_table(rows))
    for reason in count.reasons:
        print(reason)
    if args.json:
        write_json_atomically(args.json, count.to_json())
    if args.plot:
        from mmacl.visualization import draw_cluster_count
        from mmacl.visualization.figures import save_figure

        save_figure(draw_cluster_count(count.candidates, count.criteria, count.best), args.plot)
