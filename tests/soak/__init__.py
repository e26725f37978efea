"""A newsroom that has a bad day: random edits, faults and kills, and what must be true all the while and in the end."""
