"""The paper's Tables 1 to 5: what they need, what they say, how they look."""

from mmacl.reports.paper_tables.build import build_tables
from mmacl.reports.paper_tables.data_sets import DATA_SETS, PublishedTable, TableDataSet, read_published
from mmacl.reports.paper_tables.plan import TablePlan, check_features, make_plan
from mmacl.reports.paper_tables.render import render_markdown

__all__ = [
    'DATA_SETS',
    'PublishedTable',
    'TableDataSet',
    'TablePlan',
    'build_tables',
    'check_features',
    'make_plan',
    'read_published',
    'render_markdown',
]
