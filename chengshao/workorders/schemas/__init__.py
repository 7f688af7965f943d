"""What this room reads and writes over HTTP. Field names are the terms of the glossary."""
