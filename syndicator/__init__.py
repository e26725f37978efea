"""Posts with front matter in; RSS, Atom and JSON feeds out; word to WebSub hubs when something changed."""

__version__ = "0.1.0"
