"""The map of the 34 provinces: its geometry, and how it is drawn."""
