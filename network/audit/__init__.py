"""The audit trail: who looked, who changed, who was refused. Append-only, hash-chained per tenant.

It holds codes, field names and identifiers, never values.
"""
