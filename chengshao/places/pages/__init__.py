"""Pages of this room: the register, files in and out, grids redrawn on the map."""
