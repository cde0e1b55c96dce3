"""Small folders of features and annotations."""

from tests.datasets.small_folder import videos

__all__ = ['videos']
