"""Who may come in, and what they may do: sign-in, sessions, invitations, staff and their roles.

An *account* is how a person proves who she is; it holds no personal data. A *membership* is her place in
one tenant: her roles there, and her name and e-mail address, sealed. A *session* carries the tenant she
works for. An *invitation* opens the door once. ``permissions.py`` is the one page of who may do what;
``guards.py`` holds every view to it; ``gate.py`` is what happens before anybody is known.
"""
