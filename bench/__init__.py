"""What duban costs: ratios, in one run, against floors written by hand on the driver and against peers.

``make bench`` measures; ``python -m bench.report`` makes ``docs/performance.md`` of what it found. Not in the wheel.
"""
