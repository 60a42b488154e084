"""Figures and scores, worked out from the history of cases. Pure: rows in, whole numbers out."""
