import pytest

from mmacl.utils import InputError
from mmacl.utils.collected_errors import collect_errors, complain, entry


def test_without_a_collector_the_first_error_is_raised():
    with pytest.raises(InputError, match='one'):
        complain(InputError('one'))
    with pytest.raises(InputError, match='two') as caught, entry('v'):
        raise InputError('two')
    assert caught.value.video == 'v'


def test_a_collector_takes_all_and_the_work_goes_on():
    with collect_errors() as errors:
        for number in range(3):
            with entry(f'v{number}'):
                complain(InputError(f'{number}a', kind='kind'))
                raise InputError(f'{number}b')
    assert [error.what for error in errors] == ['0a', '0b', '1a', '1b', '2a', '2b']
    assert [error.video for error in errors] == ['v0', 'v0', 'v1', 'v1', 'v2', 'v2']
    with pytest.raises(InputError):
        complain(InputError('afterwards'))


def test_collectors_nest_and_other_errors_pass():
    with collect_errors() as outer:
        with collect_errors() as inner:
            complain(InputError('in'))
        complain(InputError('out'))
        with pytest.raises(KeyError), entry():
            raise KeyError('x')
    assert ([str(e) for e in outer], [str(e) for e in inner]) == (['out'], ['in'])
