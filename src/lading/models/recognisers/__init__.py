"""Who knows how a step publishes an image or logs in to a registry: one module for each family of tools."""
