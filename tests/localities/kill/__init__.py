"""Kills a process in the midst of applying a changeset, and looks at what is left."""
