from .formatting import PackActionInputs as PackActionInputs
from .loading import LoadActionAnnotations as LoadActionAnnotations
from .loading import LoadSnippetFeatures as LoadSnippetFeatures
from .pipeline import build_pipeline as build_pipeline
from .pipeline import seeded_generators as seeded_generators
from .processing import RandomCropSnippets as RandomCropSnippets
from .processing import SampleSnippets as SampleSnippets
