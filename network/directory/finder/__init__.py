"""The public finder: what somebody looks up on her own phone, that somebody else may read.

Nobody signs in. It keeps nothing: no cookie, no session, no address that says what was looked for; each step is
posted to one address and carries what was said before in the form itself. It reads ``public_search`` and, as
nobody, the parts of listings that the wall lets everybody read. A confidential place is never named: what is
offered there stands among the numbers to call.
"""
