"""Look at a data set whole, and list everything that is wrong with it; nothing of it is changed."""

from mmacl.dataset_tools.inspection.fault import Fault
from mmacl.dataset_tools.inspection.folder_subjects import folder_subjects
from mmacl.dataset_tools.inspection.inspect_subset import Progress, inspect_subset
from mmacl.dataset_tools.inspection.inspection import Inspection, inspect
from mmacl.dataset_tools.inspection.report_text import report_text
from mmacl.dataset_tools.inspection.subject import Subject
from mmacl.dataset_tools.inspection.subset_report import SubsetReport
from mmacl.dataset_tools.inspection.video_facts import VideoFacts

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
