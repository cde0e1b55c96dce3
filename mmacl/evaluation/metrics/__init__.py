"""Metrics that mmengine's evaluator runs."""

from mmacl.evaluation.metrics.average_recall import AverageRecall
from mmacl.evaluation.metrics.class_agnostic_map import ClassAgnosticMAP
from mmacl.evaluation.metrics.temporal_map import TemporalMAP

__all__ = ['AverageRecall', 'ClassAgnosticMAP', 'TemporalMAP']
