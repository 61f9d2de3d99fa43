"""Every code of the core has its class, and nothing else reaches the caller."""

import pickle

import pytest

import rcu
from rcu import _rcu, errors


def test_every_code_has_a_class():
    assert set(errors.CLASS_OF_CODE) == {*_rcu.ERROR_CODES, "internal"}
    for code, cls in errors.CLASS_OF_CODE.items():
        error = errors.error_of_code(code, "what to change", [("a.b", "is wrong")])
        assert type(error) is cls
        assert (error.code, str(error)) == (code, "what to change")
        assert error.problems == [rcu.Problem("a.b", "is wrong")]
        assert isinstance(error, rcu.RcuError)
        assert getattr(rcu, cls.__name__) is cls
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.problems) == (cls, str(error), error.problems)


@pytest.mark.parametrize(
    ("cls", "builtin"),
    [
        (rcu.ConfigError, ValueError),
        (rcu.ConfigSyntaxError, rcu.ConfigError),
        (rcu.SchemaError, ValueError),
        (rcu.UnknownSourceError, LookupError),
        (rcu.NoInputError, FileNotFoundError),
        (rcu.UnknownKindError, ValueError),
        (rcu.ArgumentError, ValueError),
        (rcu.TooLargeError, OverflowError),
        (rcu.IoError, OSError),
        (rcu.InternalError, RuntimeError),
    ],
)
def test_classes_extend_what_a_caller_would_guess(cls, builtin):
    assert issubclass(cls, builtin)


def test_a_defect_is_an_error_like_others_and_keeps_data_to_itself(capfd):
    with pytest.raises(rcu.InternalError) as caught:
        _rcu._panic()
    assert caught.value.code == "internal"
    assert "lib.rs:" in str(caught.value)
    assert "a cell's content" not in str(caught.value)
    assert capfd.readouterr().err == ""
