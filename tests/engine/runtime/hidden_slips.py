"""Slips that the chief alone sees, on notes that leave the store: some fire on their note."""

from tests.engine.runtime.shelf import NOTE, SLIP

HIDDEN = (
    SLIP.replace("fields: {title: {type: text}}", "fields: {title: {type: text}, about: {type: case, workflow: note}}")
    .replace("reference: SLI", "reference: SLI\nconfidential: [chief]")
    .replace("[clerk, system], takes: [title]", "[chief, system], takes: [title, about]")
    .replace("by: [clerk]", "by: [chief]")
)
RULES = "rules: {notes: {workflow: note, after: 30 days}}\n"
CALLING = HIDDEN + (
    "  call: {from: open, by: [chief], fire: {parent: ring}}\n"
    "  hint: {from: open, by: [chief], fire: {parent: ring, optional: true}}\n"
    "  wave: {from: open, by: [chief], fire: {parent: shut, optional: true}}\n"
    "  press: {from: open, by: [scheduler], fire: {parent: ring}}\n"
    "deadlines: {look: {runs_in: [open], within: 60 working days, ladder: [{at: due, level: 1, fire: press}]}}\n"
)
RINGING = NOTE + "  ring: {from: over, by: [system]}\n  shut: {from: open, by: [system]}\n"
