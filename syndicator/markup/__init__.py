"""From a body to safe HTML with absolute addresses, and to summaries."""
