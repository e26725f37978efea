"""The commands; each a thin call. What they do is imported when they do it."""
