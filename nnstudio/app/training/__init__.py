"""The bars of the window: training settings above, the engine's state below."""
