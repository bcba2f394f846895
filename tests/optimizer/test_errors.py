"""The error tree: what each error is, and that it crosses process borders whole."""

import pickle

import pytest

from optimizer.errors import OptimizerError, PolicyError, ProblemError, Unsupported


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (ProblemError(["甲", "乙"]), ValueError),
        (Unsupported("Request.sole_use"), ValueError),
        (PolicyError("无"), LookupError),
    ],
)
def test_every_error_is_of_the_tree_and_of_a_builtin(error: OptimizerError, builtin: type[Exception]) -> None:
    assert isinstance(error, OptimizerError)
    assert isinstance(error, builtin)


@pytest.mark.parametrize(
    "error", [ProblemError(["甲", "乙"]), Unsupported("Request.sole_use", "请用 CP-SAT"), PolicyError("无")]
)
def test_an_error_survives_a_worker_process(error: OptimizerError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_an_unsupported_field_is_named() -> None:
    assert str(Unsupported("Request.sole_use", "请用 CP-SAT")) == "此算法不支持 Request.sole_use：请用 CP-SAT"
    assert Unsupported("Request.sole_use").field == "Request.sole_use"
