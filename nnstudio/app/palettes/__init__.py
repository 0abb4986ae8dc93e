"""What can be added and done, to be searched: layers, blocks, commands."""
