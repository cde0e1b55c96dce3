"""From any public layout to a folder that mmacl reads without further ado."""

from mmacl.datasets.conversion.annotations_file import ANNOTATIONS, annotations_are_current, write_annotations
from mmacl.datasets.conversion.annotations_text import annotations_text, first_difference
from mmacl.datasets.conversion.convert_features import FeatureConverter, cast_features
from mmacl.datasets.conversion.disk_space import check_disk_space, readable_size
from mmacl.datasets.conversion.feature_plan import Fault, FeaturePlan, FeaturePlanner
from mmacl.datasets.conversion.layouts import LAYOUTS, layout_names, open_store, store_config
from mmacl.datasets.conversion.manifest import Manifest, Written
from mmacl.datasets.conversion.option_words import parse_options, parse_slices
from mmacl.datasets.conversion.output_folder import OutputError, OutputFolder
from mmacl.datasets.conversion.portable_names import check_portable_names
from mmacl.datasets.conversion.progress import ConversionProgress

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
