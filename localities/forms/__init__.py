"""The forms of the curation desk: a record's values as fields to type in, and back."""
