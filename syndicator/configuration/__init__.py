"""How a configuration is read, checked and explained; what can be configured stands in ``syndicator.settings``."""
