"""
`chengshao bench`: what a case costs, measured on a throwaway installation with a real server.

Absolute figures are the machine's; what can be compared are ratios within one run.
"""
