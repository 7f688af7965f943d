"""A district that lives by itself: people with habits, a clock of their own, the real actions."""
