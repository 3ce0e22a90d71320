"""Officers' spreadsheets into drafts: read, matched to fields, tried out, and drafted."""
