"""How fast the product is, and next to what: run as ``python -m tests.bench``."""
