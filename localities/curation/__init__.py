"""The one path into the catalogue: propose a changeset, apply it; load and compare fixtures."""
