"""Compose projects: how files become one model, and what that model says."""
