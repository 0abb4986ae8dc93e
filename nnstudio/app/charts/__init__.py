"""Widgets that panels show numbers with: curves and points, pictures, matrices, ridges."""
