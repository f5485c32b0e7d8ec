"""Reading the audit trail: who looked, who changed, who was refused, for those who answer for their organization.

A floor above the others, like the worklist: the trail itself lies below them all and knows ids and codes alone;
here they become colleagues' names and references, in the scope of who looks.
"""
