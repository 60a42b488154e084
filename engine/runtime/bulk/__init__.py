"""One event on many cases."""
