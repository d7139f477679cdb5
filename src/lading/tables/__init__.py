"""Sourced facts as data."""
