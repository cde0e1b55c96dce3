"""Pictures: timelines of videos (Fig. 5), what each round makes of the videos (Fig. 4), data sets, error analyses."""

from mmacl.visualization.action_visualizer import ActionVisualizer
from mmacl.visualization.affinity_plot import draw_affinity
from mmacl.visualization.confusion_plot import draw_confusion
from mmacl.visualization.embedding_plot import draw_embedding, embed_videos
from mmacl.visualization.error_plots import draw_by_characteristic, draw_diagnosis, draw_false_positives
from mmacl.visualization.figures import figure_to_rgb, save_figure
from mmacl.visualization.overview import draw_overview
from mmacl.visualization.round_curves import draw_round_curves
from mmacl.visualization.round_picture_methods import RoundPictureMethods
from mmacl.visualization.statistics import draw_statistics
from mmacl.visualization.timeline import draw_timeline
from mmacl.visualization.training_curves import draw_training_curves

__all__ = [
    'ActionVisualizer',
    'RoundPictureMethods',
    'draw_affinity',
    'draw_by_characteristic',
    'draw_confusion',
    'draw_diagnosis',
    'draw_embedding',
    'draw_false_positives',
    'draw_overview',
    'draw_round_curves',
    'draw_statistics',
    'draw_timeline',
    'draw_training_curves',
    'embed_videos',
    'figure_to_rgb',
    'save_figure',
]
