"""A pack of parcels: stamped any number of times, taken by one, due the next day; each row leaves a message."""

from pathlib import Path

from tests.engine.runtime.street import ORGANIZATION, written

PARCEL = """
workflow: parcel
version: 1
reference: PAR
fields: {photo: {type: evidence}}
states: {open: {}, taken: {final: true}}
events:
  receive: {to: open, by: [clerk], takes: [photo], do: [{notify: {to: clerk}}]}
  stamp: {from: open, by: [clerk], do: [{notify: {to: clerk}}]}
  take: {from: open, to: taken, by: [clerk], do: [{notify: {to: [clerk, chief]}}]}
deadlines:
  pickup:
    runs_in: [open]
    within: 1 working day
    ladder:
      - {at: due, level: 1, do: [{notify: {to: clerk}}]}
      - {at: due + 1 working day, level: 2, do: [{notify: {to: chief}}]}
"""
LETTER = """
workflow: letter
version: 1
reference: LET
confidential: [clerk]
states: {open: {}, taken: {final: true}}
events:
  send: {to: open, by: [clerk], do: [{notify: {to: clerk}}]}
  take: {from: open, to: taken, by: [clerk]}
"""
MORNING = "2020-11-23T09:30:00+08:00"
DAYS_LATER = "2020-11-26T09:30:00+08:00"
"""Every parcel of the morning is due on both steps by then."""


def pack(folder: Path) -> Path:
    """The pack."""
    return written(folder, ORGANIZATION, parcel=PARCEL, letter=LETTER)
