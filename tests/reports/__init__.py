"""What comes out of a run, format by format."""
