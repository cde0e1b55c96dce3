"""Labels that find room."""

from mmacl.visualization.figures import new_figure
from mmacl.visualization.label_room import hide_covered, labels_with_room


def test_the_important_come_first_and_none_is_close_to_another():
    assert labels_with_room([0, 1, 2, 3], [1, 9, 1, 1], 2) == [1, 3]
    assert labels_with_room([0, 1, 2, 3], [1, 1, 1, 1], 1) == [0, 1, 2, 3]
    assert labels_with_room([5, 0, 9.9], [1, 1, 1], 5) == [0, 1]
    assert labels_with_room([], [], 1) == []


def test_a_text_over_an_earlier_one_is_hidden():
    axis = new_figure(4, 4).subplots()
    texts = [axis.text(*place, 'word') for place in ((0.5, 0.5), (0.52, 0.5), (0.1, 0.1))]
    axis.figure.canvas.draw()
    assert hide_covered(texts) == [texts[0], texts[2]]
    assert [text.get_visible() for text in texts] == [True, False, True]
