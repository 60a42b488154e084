"""What can be seen from outside while duban works: metrics, spans, and a small endpoint."""
