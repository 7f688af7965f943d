"""Builders for tests that need the database. Names say what the test relies on."""
