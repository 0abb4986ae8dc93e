"""The data column: pages to choose data from, and the ways to make some."""
