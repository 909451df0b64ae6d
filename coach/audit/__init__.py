"""Transcripts in, a findings table and a summary out: every agent turn reviewed as of its own time, in its own context."""
