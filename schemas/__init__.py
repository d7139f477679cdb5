"""JSON Schemas of lading's own files."""
