"""Role by role of the pack `civility`: who has not the right is told the same with referrals and without."""

from collections.abc import Iterator

import pytest
from tests.workflows.machines import read
from tests.workflows.two_stores import CONFIDENTIAL, MARK, Stores, in_this_process, later, made, said

RIGHT = set(read("referral.yaml")["confidential"])
POSTS = read("organization.yaml")["posts"]
LINES = (
    "list", "list referral", "stats", "inbox", "refusals", "outbox list", "outbox list --channel all", "whoami",
    "cadences",
    "show ISS-000001", "show REF-000001", "show REF-000099", "history ISS-000001", "why REF-000001", "why ISS-000001",
    "evidence list REF-000001", "follow 00000-00000", "scores", "verify", "doctor", "referral approve REF-000001",
    "start appeal -f title=typed",
)  # fmt: skip


def carriers() -> dict[str, str]:
    """Of every role without the right, a post that carries it and no role with the right."""
    found: dict[str, str] = {}
    for post, told in POSTS.items():
        roles = set(told["roles"])
        if not roles & RIGHT:
            found |= {role: post for role in roles if role not in found}
    return found


CARRIERS = carriers()


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """Two stores that are the same but for referrals and appeals."""
    with in_this_process(later()):
        yield made(tmp_path_factory.mktemp("roles"))


def test_every_role_is_asked_or_has_the_right() -> None:
    assert set(CARRIERS) | RIGHT >= {role for told in POSTS.values() for role in told["roles"]}


@pytest.mark.parametrize("role", sorted(CARRIERS))
def test_a_role_without_the_right_is_told_the_same(stores: Stores, role: str) -> None:
    for number, line in enumerate(LINES):
        words = [*line.split(), "--as", CARRIERS[role], *(["--json"] if number % 2 else [])]
        lang = ("en", "zh")[number // 2 % 2]
        without, holding = (said(place, words, lang=lang, log="debug") for place in (stores.without, stores.holding))
        assert holding == without, line
        assert MARK not in holding.out + holding.err
        assert set(CONFIDENTIAL.findall(holding.out + holding.err)) <= set(CONFIDENTIAL.findall(line)), line
