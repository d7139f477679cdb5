"""What the files of a repository mean, each fact with the place it comes from."""
