"""Measurements beside the best peers: tables, never gates."""
