"""From features to clusters of videos (Sec. 3.3), and from clusters to actions (Sec. 4.2)."""

from mmacl.clustering.affinity import gaussian_affinity, paper_sigma, squared_distances
from mmacl.clustering.annotated_labels import AnnotatedLabels
from mmacl.clustering.base_clusterer import BaseClusterer
from mmacl.clustering.k_means_clusterer import KMeansClusterer
from mmacl.clustering.map_clusters import map_clusters
from mmacl.clustering.precomputed_labels import PrecomputedLabels
from mmacl.clustering.representation import video_representation
from mmacl.clustering.representation_clusterer import RepresentationClusterer
from mmacl.clustering.spectral_clusterer import SpectralClusterer
from mmacl.clustering.spectral_embedding import spectral_embedding
from mmacl.clustering.video_groups import VideoGroups, video_groups
from mmacl.evaluation.functional import clustering_metrics

__all__ = [
    'AnnotatedLabels',
    'BaseClusterer',
    'KMeansClusterer',
    'PrecomputedLabels',
    'RepresentationClusterer',
    'SpectralClusterer',
    'VideoGroups',
    'clustering_metrics',
    'gaussian_affinity',
    'map_clusters',
    'paper_sigma',
    'spectral_embedding',
    'squared_distances',
    'video_groups',
    'video_representation',
]
