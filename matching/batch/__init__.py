"""Match jobs: up to a hundred thousand profiles, sent at once and matched in the background."""
