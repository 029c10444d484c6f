"""Grid mapping for community service: who covers what, who should, where disputes gather."""

__version__ = "0.1.0"
