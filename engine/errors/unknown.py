"""What was named is not there, or may not be seen: the two look the same."""

from duban.engine.errors.base import DubanError


class Unknown(DubanError):
    """Something that was named is not there for this actor."""

    code = "unknown"


class UnknownCase(Unknown):
    """No case of this reference is visible to the actor."""

    code = "unknown-case"


class UnknownWorkflow(Unknown):
    """The pack declares no workflow of this name, or not for this actor."""

    code = "unknown-workflow"


class UnknownBoard(Unknown):
    """The pack declares no board of this name."""

    code = "unknown-board"


class UnknownEvent(Unknown):
    """The workflow declares no event of this name."""

    code = "unknown-event"


class UnknownActor(Unknown):
    """The organisation has neither an account nor a post of this name."""

    code = "unknown-actor"


class UnknownEvidence(Unknown):
    """The case has no file in this field, or of this hash."""

    code = "unknown-evidence"


class UnknownSnapshot(Unknown):
    """The case has no snapshot, or not yet."""

    code = "unknown-snapshot"


class UnknownMessage(Unknown):
    """The outbox holds no message of this key."""

    code = "unknown-message"


class UnknownFigure(Unknown):
    """The pack declares no figure of this name."""

    code = "unknown-figure"


class UnknownScore(Unknown):
    """The pack declares no score of this name."""

    code = "unknown-score"


class UnknownSubject(Unknown):
    """No dimension, or not the one asked for, has such a subject."""

    code = "unknown-subject"


class UnknownDocument(Unknown):
    """The pack declares no paper of this name for the case's workflow."""

    code = "unknown-document"


class UnknownOffice(Unknown, KeyError):
    """The deployment declares no office of this name; a KeyError too, as of any mapping."""

    code = "unknown-office"


class UnknownChannel(Unknown):
    """The pack declares no channel of this name."""

    code = "unknown-channel"
