"""How what was read becomes data: a recipe, fitted on the training part alone."""
