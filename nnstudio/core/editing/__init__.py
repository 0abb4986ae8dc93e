"""Edits of a network that more than one place offers: wiring, mends, fragments, advice."""
