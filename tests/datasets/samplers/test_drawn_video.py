import pickle

from mmacl.datasets import DrawnVideo


def test_travels_to_workers():
    drawn = pickle.loads(pickle.dumps(DrawnVideo(3, 1, 2**62)))
    assert (drawn.index, drawn.cluster, drawn.seed) == (3, 1, 2**62)
