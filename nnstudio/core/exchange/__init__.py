"""What exporters and importers share: other programs' names, source text, drawings."""
