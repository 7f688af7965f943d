"""Evidence (佐证): files without an owner; each room serves its own behind its own visible_to."""
