"""The HTTP server: feeds from memory, health, status."""
