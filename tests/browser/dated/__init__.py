"""A running instance of the product in another year, whose clock a test sets."""
