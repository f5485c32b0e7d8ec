"""The rehearsal: runs the main job through the API on a throwaway installation, to prove that it works.

Opened by `network rehearse` alone. Everybody in it is invented, and everything is gone at the end.
"""
