"""The data sets of the tables, and the paper's own figures as printed in its Tables 1 to 5."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmacl.config import shipped_configs
from mmacl.datasets.simulation import GENERATOR_VERSION
from mmacl.utils.strict_json import read_strict_json

CONFIGS = shipped_configs() / 'acl'
ABLATIONS = CONFIGS / 'ablations'
PUBLISHED = Path(__file__).with_name('published.json')
METHODS = 'methods'
"""The table of methods and settings, which is not in the paper."""
_ALL_SEEDS_OF_DATA = tuple(f'{part}_dataloader.dataset.seed' for part in ('train', 'val', 'test'))


@dataclass(frozen=True)
class TableDataSet:
    """A data set to make tables on.

    Attributes:
        name: on the command line, and in the names of its configs, ``<method>_<name>_<us or ws>.py``.
        title: name in headings.
        tables: numbers of the paper's tables that can be made; :data:`METHODS` can be made on any.
        default_tables: tables to make by default.
        columns: columns of mAP, as :class:`TIoUColumns` names them; the last one is the average of Table 5.
        published: data set of the paper to show published numbers of; None for none.
        variable: environment variable with the folder of features; None if nothing is read.
        seed_keys: keys of the config that also take the seed: each seed of simulated data is another data set.
        simulated: whether the videos are simulated.
        seconds_per_step: measured on 2 cores, for a first estimate; None if not measured.
        folds: each is a data set of its own; empty if there are none.
        fold_variable: environment variable that chooses the fold.
    """

    name: str
    title: str
    tables: tuple[int, ...]
    default_tables: tuple[int | str, ...]
    columns: tuple[str, ...]
    published: str | None
    variable: str | None = None
    seed_keys: tuple[str, ...] = ()
    simulated: bool = False
    seconds_per_step: float | None = None
    folds: tuple[str, ...] = ()
    fold_variable: str = ''

    @property
    def base(self) -> Path:
        """Config of ACL, unsupervised if there is one: Tables 3 and 4, and what the variants of Table 5 change."""
        unsupervised = CONFIGS / f'acl_{self.name}_us.py'
        return unsupervised if unsupervised.is_file() else CONFIGS / f'acl_{self.name}_ws.py'


_THUMOS14_COLUMNS = ('0.3', '0.4', '0.5', '0.6', '0.7', 'avg(0.3:0.7)')

DATA_SETS = {
    data_set.name: data_set
    for data_set in (
        TableDataSet(
            name='thumos14',
            title='THUMOS14',
            tables=(1, 3, 4, 5),
            default_tables=(1, 3, 4, 5),
            columns=_THUMOS14_COLUMNS,
            published='THUMOS14',
            variable='MMACL_THUMOS14_ROOT',
            seconds_per_step=1.9,
        ),
        TableDataSet(
            name='anet12',
            title='ActivityNet-1.2',
            tables=(2, 3, 4, 5),
            default_tables=(2,),
            columns=('0.5', '0.75', '0.95', 'avg(0.5:0.95)'),
            published='ActivityNet-1.2',
            variable='MMACL_ANET12_ROOT',
        ),
        TableDataSet(
            name='synthetic',
            title=GENERATOR_VERSION,
            tables=(1, 3, 4, 5),
            default_tables=(1, 3, 4, 5),
            columns=_THUMOS14_COLUMNS,
            published='THUMOS14',
            seed_keys=_ALL_SEEDS_OF_DATA,
            simulated=True,
            seconds_per_step=0.15,
        ),
        TableDataSet(
            name='gtea',
            title='GTEA windows',
            tables=(1, 5),
            default_tables=(1,),
            columns=_THUMOS14_COLUMNS,
            published=None,
            variable='MMACL_GTEA_ROOT',
        ),
        TableDataSet(
            name='salads',
            title='50Salads windows',
            tables=(3, 4, 5),
            default_tables=(METHODS,),
            columns=_THUMOS14_COLUMNS,
            published=None,
            variable='MMACL_SALADS_ROOT',
            folds=('fold1', 'fold2', 'fold3'),
            fold_variable='MMACL_SALADS_FOLD',
        ),
    )
}


@dataclass(frozen=True)
class PublishedTable:
    """A table of the paper.

    Attributes:
        number: of the table.
        dataset: data set of its figures.
        columns: ``'0.3'`` for mAP at a tIoU of 0.3, ``'avg(0.3:0.7)'``, ``'purity'``, ...; mAP in per cent.
        rows: each has ``row`` (number from the top, from 1), ``values`` by column (None for a dash in the paper), and
            what identifies it: ``setting`` and ``method``, ``round``, or ``method`` and ``variant``, the end of our
            config's name; ``builds_on`` is the variant that a row extends (Sec. 4.5).
    """

    number: int
    dataset: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]

    def row(self, **which: Any) -> dict[str, float | None]:
        """Return column -> number of the row with these values, such as ``round=2``; empty if there is none."""
        for row in self.rows:
            if all(row.get(name) == value for name, value in which.items()):
                return dict(zip(self.columns, row['values'], strict=True))
        return {}


def read_published() -> dict[int, PublishedTable]:
    """Read all tables, by number."""
    tables = read_strict_json(PUBLISHED, 'the published figures')['tables']
    return {
        int(number): PublishedTable(int(number), table['dataset'], tuple(table['columns']), tuple(table['rows']))
        for number, table in tables.items()
    }
