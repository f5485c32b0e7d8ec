"""Work in the background: PostgreSQL remembers it (the outbox), RQ on Redis does it.

A job row holds a topic and an id, nothing else. It is written in the operation's own transaction and
claimed by a worker that enters the row's tenant scope, so nothing is lost and nothing is done twice.
"""
