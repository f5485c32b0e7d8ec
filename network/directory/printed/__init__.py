"""The directory on paper: a booklet of an area, and a slip of one service for a client to take along."""
