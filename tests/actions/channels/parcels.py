"""Channels and parcels as the engine would hand them over."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from duban.engine.model.channel import Channel, Host, Kind, Setting
from duban.engine.model.dispatch import Item, Parcel
from duban.engine.model.label import Label

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2020, 11, 23, 4, 0, tzinfo=UTC)
HERE = "127.0.0.1"


def here(port: int, **settings: Any) -> tuple[Host, ...]:
    """This machine, allowed by name with plain http and its private address."""
    return tuple(Host(name, (port,), **{"plain": True, "private": True, **settings}) for name in (HERE, "localhost"))


def channel(kind: Kind, hosts: tuple[Host, ...] = (), **settings: Any) -> Channel:
    """A channel whose settings all stand in the environment, under their names."""
    held = {name: Setting(env=f"DUBAN_{name.upper()}") for name in settings.pop("env", ("url",))}
    label = Label("Channel", "渠道")
    return Channel(name="out", kind=kind, label=label, posts=("desk",), settings=held, hosts=hosts, **settings)


def item(words: str = "ISS-000001: Assign (Assigned)", ref: str = "ISS-000001", post: str = "desk") -> Item:
    """A notice."""
    return Item(ref, Label(words, words), NOON, {post: Label("Desk", "值班室")})


def parcel(*items: Item, key: str = "out-0123", recipient: str = "") -> Parcel:
    """A parcel of these items, or of one."""
    return Parcel(key, recipient, items or (item(),), ZONE)
