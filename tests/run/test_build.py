import pytest

from ops.build import fingerprint, serves
from ops.folder import CHECKOUT


@pytest.mark.parametrize(
    ("version", "fits"),
    [
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v21.7.0", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.1.0", True),
        ("v18.20.0", False),
        ("", False),
        ("node", False),
    ],
)
def test_which_node_builds_the_front_end(version: str, fits: bool) -> None:
    assert serves(version) is fits


def test_a_fingerprint_depends_on_names_and_contents_alone() -> None:
    one, other = CHECKOUT / "manage.py", CHECKOUT / "pyproject.toml"

    assert fingerprint([one, other]) == fingerprint([other, one])
    assert fingerprint([one]) != fingerprint([other])
    assert fingerprint([one]) != fingerprint([one, other])
