"""Mathematics: arrays in, arrays out; metres, never degrees; no clock, no hidden chance."""
