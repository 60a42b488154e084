"""Hands in a hostile address as an operator, a pack or a variable would."""

from contextlib import closing
from typing import Any

from tests.hostile.addresses import HOSTS
from tests.hostile.prepared import Prepared

from duban.actions.channels.places import place_of
from duban.engine.definition.addresses import is_mail_address
from duban.engine.errors import ChannelError, DubanError, StoreError
from duban.engine.model.channel import Host
from duban.persistence.store import SqlStore


def warm() -> None:
    """Both kinds of store, and what an address that is none needs."""
    for url in ("sqlite:///:memory:", "postgresql://db/street", "mysql://db/x", "x:", "sqlite+os:///x", "file:///x"):
        try:
            with closing(SqlStore(url)):
                pass
        except StoreError as fault:
            fault.message("zh")


def prepare(case: dict[str, Any]) -> Prepared:
    """Nothing to do."""
    return Prepared(case)


def do(prepared: Prepared) -> dict[str, Any]:
    """Open the store, or find the place; a mail address that is none is refused by the checks of a pack."""
    kind, url = prepared.case["kind"], prepared.case["url"]
    if kind == "store":
        with closing(SqlStore(url)) as store:
            return {"url": store.url}
    if kind == "channel":
        place_of(url, tuple(Host(name, (443,)) for name in HOSTS))
    elif not is_mail_address(url):
        raise ChannelError("url")
    return {}


def facts(fault: DubanError) -> dict[str, Any]:
    """Nothing more."""
    return {"code": fault.code}
