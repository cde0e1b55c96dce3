"""Pictures: timelines of videos (Fig. 5), statistics of data sets, and error analyses."""

from mmacl.visualization.action_visualizer import ActionVisualizer
from mmacl.visualization.error_plots import draw_by_characteristic, draw_diagnosis, draw_false_positives
from mmacl.visualization.figures import figure_to_rgb, save_figure
from mmacl.visualization.statistics import draw_statistics
from mmacl.visualization.timeline import draw_timeline

__all__ = [
    'ActionVisualizer',
    'draw_by_characteristic',
    'draw_diagnosis',
    'draw_false_positives',
    'draw_statistics',
    'draw_timeline',
    'figure_to_rgb',
    'save_figure',
]
