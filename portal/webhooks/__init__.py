"""Tells other systems what happened here, as Standard Webhooks says: an outbox, signed, retried."""
