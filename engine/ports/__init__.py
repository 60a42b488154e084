"""What the engine needs from outside, one port a file. Adapters live in other rooms."""
