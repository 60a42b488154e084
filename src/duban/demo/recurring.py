"""An issue that comes back: the same sort at the same site, found again weeks after the first one was closed."""

from duban.demo.found import Finding, FoundIssue


class RecurringIssue(FoundIssue):
    """Nobody links it to the one before: its assignment does, by category and site."""

    finding = Finding(19, "street-order", "stalls-again", "street-trading", "market-perimeter")
