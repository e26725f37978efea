"""Site generators and their rules: which files are posts, their dates, slugs and addresses."""
