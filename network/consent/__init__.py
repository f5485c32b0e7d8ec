"""What the client allowed, and the one door by which case data leaves a centre.

A *consent* records how she was asked; its *grants* say purpose, categories of data, recipients and until
when; its *refusals* always win. A *disclosure* is one act of data leaving; a *packet* is the frozen,
encrypted copy that it carries, in a preview that names nobody and an identity part.
"""
