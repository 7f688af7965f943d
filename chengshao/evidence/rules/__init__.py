"""What a file must be to be kept, and what is taken out of it. Pure."""
