"""The map as a picture and as a page: one overview of everything, one node with its neighbours."""
