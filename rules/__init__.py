"""The catalogue: one card a rule."""
