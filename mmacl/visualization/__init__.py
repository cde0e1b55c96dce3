"""Pictures: timelines of videos (Fig. 5) and statistics of data sets."""

from mmacl.visualization.action_visualizer import ActionVisualizer
from mmacl.visualization.figures import figure_to_rgb, save_figure
from mmacl.visualization.statistics import draw_statistics
from mmacl.visualization.timeline import draw_timeline

__all__ = ['ActionVisualizer', 'draw_statistics', 'draw_timeline', 'figure_to_rgb', 'save_figure']
