"""Curves of the number of clusters."""

from mmacl.visualization import draw_cluster_count


def test_each_criterion_has_its_curve_with_its_highest_value_marked():
    criteria = {'eigengap': [0.1, 0.4, 0.2], 'silhouette': [0.3, 0.1, 0.2]}
    figure = draw_cluster_count([2, 3, 4], criteria, best=3, true=5)
    assert [axis.get_title(loc='left') for axis in figure.axes] == [
        'eigengap, highest at 3',
        'silhouette, highest at 2',
    ]
    for axis, values, highest in zip(figure.axes, criteria.values(), (3, 2), strict=True):
        chosen, annotated, curve, dot = axis.lines
        assert (list(chosen.get_xdata()), list(annotated.get_xdata())) == ([3, 3], [5, 5])
        assert (list(curve.get_xdata()), list(curve.get_ydata())) == ([2, 3, 4], values)
        assert list(dot.get_xdata()) == [highest]
