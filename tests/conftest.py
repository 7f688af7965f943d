"""Fixtures for all tests; builders of a district are in tests.district."""

pytest_plugins = ["tests.books"]
