"""The closed loop between a centre and a partner: asked, answered, served, and the client's own word."""
