"""Why detections are wrong and instances are missed, after Alwassel et al., ECCV 2018."""

from mmacl.evaluation.error_analysis.characteristics import EDGES, Characteristic, characteristics
from mmacl.evaluation.error_analysis.diagnosis import Diagnosis, diagnose
from mmacl.evaluation.error_analysis.error_types import ERROR_TYPES, error_types
from mmacl.evaluation.error_analysis.false_positives import FalsePositiveProfile, false_positive_profile
from mmacl.evaluation.error_analysis.matched_instances import matched_instances, ranks_in_class
from mmacl.evaluation.error_analysis.normalized_precision import normalized_average_precision, normalized_precision
from mmacl.evaluation.error_analysis.sensitivity import SensitivityProfile, sensitivity_profile

__all__ = [
    'EDGES',
    'ERROR_TYPES',
    'Characteristic',
    'Diagnosis',
    'FalsePositiveProfile',
    'SensitivityProfile',
    'characteristics',
    'diagnose',
    'error_types',
    'false_positive_profile',
    'matched_instances',
    'normalized_average_precision',
    'normalized_precision',
    'ranks_in_class',
    'sensitivity_profile',
]
