"""What is owed to others once documents are published: one queue, one rule of when to try again."""
