"""The invented town: a pure, seeded generator."""
