"""Administration: a change of the catalogue, shown with what it would have done to past cases."""
