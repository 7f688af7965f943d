"""Web: what the doors of all rooms share: error words, field types, tables, base templates."""
