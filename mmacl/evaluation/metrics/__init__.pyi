from .average_recall import AverageRecall as AverageRecall
from .temporal_map import ClassAgnosticMAP as ClassAgnosticMAP
from .temporal_map import TemporalMAP as TemporalMAP
