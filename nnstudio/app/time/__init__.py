"""The time machine's parts, runs and their names."""
