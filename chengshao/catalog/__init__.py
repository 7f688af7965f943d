"""Catalogue (事项与权责): matters, standards, limits, responsibilities, lists, work calendar."""
