"""Places (空间底数): divisions, grids, territories beside them, managed objects, known places."""
