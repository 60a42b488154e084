"""An office with two channels, and couriers that keep what they are given."""

from collections.abc import Callable

from duban.engine.model.channel import Channel
from duban.engine.model.dispatch import Parcel

ORGANIZATION = """
timezone: Asia/Shanghai
units: {office: {}, roads: {}}
posts:
  clerk: {unit: office, roles: [clerk]}
  chief: {unit: office, roles: [chief]}
  road-hand: {unit: roads, roles: [hand]}
"""
ASK = """
workflow: ask
version: 1
reference: ASK
fields: {}
states: {asked: {}, hidden: {}, done: {final: true}}
events:
  ask: {to: asked, by: [clerk], do: [{notify: {to: [chief, hand]}}]}
  again: {from: asked, to: asked, by: [clerk], do: [{notify: {to: chief}}]}
  hide: {from: asked, to: hidden, by: [clerk], confidential: [clerk, chief], do: [{notify: {to: chief}}]}
  end: {from: [asked, hidden], to: done, by: [clerk, chief]}
deadlines:
  answer:
    runs_in: [asked]
    within: 1 working hour
    ladder:
      - {at: due, level: 2, do: [{notify: {to: chief}}]}
"""
CHANNELS = """
channels:
  post_box:
    kind: mail
    to: [chief, hand]
    hours: working
    urgent: 2
    server: {env: DUBAN_SMTP_SERVER}
    sender: duban@street.example
    addresses: {chief: chief@street.example, road-hand: roads@street.example}
  group: {kind: wecom, to: [chief, hand], digest: {minutes: 5, most: 6}, url: {env: DUBAN_WECOM_URL}}
"""


class Couriers:
    """Keeps what is sent, and fails where it is told to."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Parcel]] = []
        self.tried: list[str] = []
        self.unset: dict[str, tuple[str, ...]] = {}
        self.fault: Callable[[Channel, Parcel], Exception | None] = lambda _channel, _parcel: None

    def missing(self, channel: Channel) -> tuple[str, ...]:
        return self.unset.get(channel.name, ())

    def send(self, channel: Channel, parcel: Parcel) -> str:
        self.tried.append(parcel.key)
        fault = self.fault(channel, parcel)
        if fault is not None:
            raise fault
        self.sent.append((channel.name, parcel))
        return "taken"

    def told(self) -> list[tuple[str, str, list[str]]]:
        """Channel, recipient and references of what was sent since the last look."""
        told = [(name, one.recipient, [item.ref for item in one.items]) for name, one in self.sent]
        self.sent.clear()
        return sorted(told)
