"""The report of an audit: one self-contained page for people, and the same numbers as tables."""
