"""`chengshao report-file`: a table of citizens' reports goes through the HTTP API, row by row."""
