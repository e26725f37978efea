"""Where posts come from: a folder, read in a dialect."""
