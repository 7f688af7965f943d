"""Pairs of characters, by which PostgreSQL finds Chinese text (see stack.md's measurement)."""

import re
import unicodedata

_KEPT = re.compile(r"\w+")


def bigrams(text: str) -> list[str]:
    """
    Return every pair of neighbouring letters and digits once, in order; case and width folded.

    A run of a single character gives that character, so that a one-character query finds it.
    """
    runs = _KEPT.findall(unicodedata.normalize("NFKC", text).casefold())
    pairs = (run[i : i + 2] for run in runs for i in range(max(1, len(run) - 1)))
    return list(dict.fromkeys(pairs))
