"""Field (外勤): what staff do with a phone where things lie, also without a network."""
