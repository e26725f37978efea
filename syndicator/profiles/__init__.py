"""What each kind of reader demands, as data in TOML files, and what is done to a feed so that it is met."""
