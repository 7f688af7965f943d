"""Messages out: what staff and citizens are told, by which channel, and what became of it."""
