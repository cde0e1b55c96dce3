"""Look at a data set whole, and list everything that is wrong with it; nothing of it is changed."""

from mmacl.datasets.inspection.fault import Fault
from mmacl.datasets.inspection.folder_subjects import folder_subjects
from mmacl.datasets.inspection.inspect_subset import Progress, inspect_subset
from mmacl.datasets.inspection.inspection import Inspection, inspect
from mmacl.datasets.inspection.report_text import report_text
from mmacl.datasets.inspection.subject import Subject
from mmacl.datasets.inspection.subset_report import SubsetReport
from mmacl.datasets.inspection.video_facts import VideoFacts

__all__ = [
    'Fault',
    'Inspection',
    'Progress',
    'Subject',
    'SubsetReport',
    'VideoFacts',
    'folder_subjects',
    'inspect',
    'inspect_subset',
    'report_text',
]
