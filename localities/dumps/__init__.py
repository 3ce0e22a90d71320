"""The catalogue as open data: whole, with its licence, sources and version in each file."""
