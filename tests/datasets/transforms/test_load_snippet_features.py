from mmacl.datasets import LoadSnippetFeatures


def test_asks_only_when_called():
    asked = []
    results = LoadSnippetFeatures()(dict(load_features=lambda: asked.append(1) or dict(rgb='array')))
    assert results['features'] == dict(rgb='array')
    assert asked == [1]
