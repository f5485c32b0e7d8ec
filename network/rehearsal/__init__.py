"""The rehearsal: runs the main job through the API on a throwaway installation, to prove that it works."""
