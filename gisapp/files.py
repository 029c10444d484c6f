"""GeoPackage, GeoJSON and CSV: out, to new files only."""
