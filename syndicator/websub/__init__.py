"""Telling WebSub hubs."""
