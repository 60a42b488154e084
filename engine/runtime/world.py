"""Everything that stays the same while cases run."""

from dataclasses import field
from typing import TYPE_CHECKING

from duban.engine.model.frozen import frozen
from duban.engine.organization.rights import Rights

if TYPE_CHECKING:
    from duban.engine.deadlines.hours import WorkingHours
    from duban.engine.figures.compiled import Gauges
    from duban.engine.model.pack import Pack
    from duban.engine.organization.directory import Directory
    from duban.engine.ports.actions import ActionRegistry
    from duban.engine.ports.channels import Couriers
    from duban.engine.ports.clock import Clock
    from duban.engine.ports.evidence import EvidenceStore, Examiner
    from duban.engine.ports.observer import Observer
    from duban.engine.runtime.definitions import Definitions


@frozen
class World:
    """The pack in force with its organisation, hours and definitions, the clock, the actions, the evidence with who
    looks into it, the compiled figures, who carries what goes out on channels, who observes, and which rights are left.
    """

    pack: "Pack"
    directory: "Directory"
    hours: "WorkingHours"
    definitions: "Definitions"
    clock: "Clock"
    registry: "ActionRegistry"
    evidence: "EvidenceStore"
    examiner: "Examiner"
    gauges: "Gauges"
    couriers: "Couriers"
    observers: tuple["Observer", ...] = ()
    rights: Rights = field(default_factory=Rights)
