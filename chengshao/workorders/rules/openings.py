"""What lists show of what a citizen said: its beginning. All of it is on the case, and logged."""

MOST_IN_LISTS = 80  # characters


def opening_of(words: str) -> str:
    """Return the words, cut off with "…" where they are longer than a list shows."""
    said = words.strip()
    return said if len(said) <= MOST_IN_LISTS else f"{said[: MOST_IN_LISTS - 1]}…"
