"""GeoDataFrames and arrays between degrees and metres."""
