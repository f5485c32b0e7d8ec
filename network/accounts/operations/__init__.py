"""Writes: staff and their invitations, one's own account, and the opening of new tenants."""
