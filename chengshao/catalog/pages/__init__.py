"""Pages of this room: everybody on the staff reads the catalogue, its keeper changes it."""
