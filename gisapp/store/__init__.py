"""Everything that is kept, and every question about it."""
