"""One file a peer: ``open(reference, data)`` gives runners, functions ``run(steps)`` by name.

A peer that is not installed raises ImportError and is left out of the table.
"""
