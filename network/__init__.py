"""The platform that links Migrant Resource Centres.

Each centre is a tenant with private cases; the directory of partner services is shared; referrals
and cross-border handoffs carry sealed packets that a client's consent decides.
"""
