"""Scan statistics: windows of any size, in space and time, that hold more than chance would put."""
