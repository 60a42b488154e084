"""Settings that hold for every test."""

from hypothesis import settings

# A slow machine is no failure: properties are judged by their result, never by the clock.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")
