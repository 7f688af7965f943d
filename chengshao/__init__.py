"""Chengshao (城哨): the rooms of the house. What each is for: docs/README.md."""
