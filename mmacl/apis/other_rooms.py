"""Public names from the rooms below this one."""

from mmacl.cli import add_config_arguments as add_config_arguments
from mmacl.cli import run_tool as run_tool
from mmacl.cli import seed as seed
from mmacl.config import load_config as load_config
from mmacl.engine.start_run import build_runner as build_runner
from mmacl.engine.start_run import check_datasets as check_datasets
from mmacl.engine.start_run import prepare_work_dir as prepare_work_dir
from mmacl.reports.page import write_report as write_report
from mmacl.reports.round_pictures import RoundPicture as RoundPicture
from mmacl.reports.round_pictures import round_pictures as round_pictures
from mmacl.reports.round_pictures import timeline_picture as timeline_picture
from mmacl.runs.run_record import RunRecord as RunRecord
