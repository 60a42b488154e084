"""The demonstration: the campaign of the pack, with real requests as its issues, on a moved clock."""
