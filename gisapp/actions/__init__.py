"""Intentions: one function each, its right checked first, never committing."""
