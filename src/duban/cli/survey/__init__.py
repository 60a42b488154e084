"""Commands that stand beside the events of a survey."""
