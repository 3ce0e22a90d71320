"""Pages of the desk that need matching."""
