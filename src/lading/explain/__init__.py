"""What is known of one workflow, job, Compose file, service, or error text, as facts and as a page to read."""
