"""From a source file to a post."""
