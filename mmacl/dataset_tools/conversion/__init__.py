"""From any public layout to a folder that mmacl reads without further ado."""

from mmacl.dataset_tools.conversion.annotations_file import ANNOTATIONS, annotations_are_current, write_annotations
from mmacl.dataset_tools.conversion.annotations_text import annotations_text, first_difference
from mmacl.dataset_tools.conversion.convert_features import FeatureConverter, cast_features
from mmacl.dataset_tools.conversion.disk_space import check_disk_space, readable_size
from mmacl.dataset_tools.conversion.feature_plan import Fault, FeaturePlan, FeaturePlanner
from mmacl.dataset_tools.conversion.layouts import LAYOUTS, layout_names, open_store, store_config
from mmacl.dataset_tools.conversion.manifest import Manifest, Written
from mmacl.dataset_tools.conversion.option_words import parse_options, parse_slices
from mmacl.dataset_tools.conversion.output_folder import OutputError, OutputFolder
from mmacl.dataset_tools.conversion.portable_names import check_portable_names
from mmacl.dataset_tools.conversion.progress import ConversionProgress

__all__ = [
    'ANNOTATIONS',
    'LAYOUTS',
    'ConversionProgress',
    'Fault',
    'FeatureConverter',
    'FeaturePlan',
    'FeaturePlanner',
    'Manifest',
    'OutputError',
    'OutputFolder',
    'Written',
    'annotations_are_current',
    'annotations_text',
    'cast_features',
    'check_disk_space',
    'check_portable_names',
    'first_difference',
    'layout_names',
    'open_store',
    'parse_options',
    'parse_slices',
    'readable_size',
    'store_config',
    'write_annotations',
]
