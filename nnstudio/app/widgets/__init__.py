"""Small controls of the window, each in its own file, dressed by the theme."""
