"""The data page: every row, column and image, and how they are prepared."""
