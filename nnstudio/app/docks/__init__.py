"""Where panels live: places, groups, tabs, windows, and what can be done with each."""
