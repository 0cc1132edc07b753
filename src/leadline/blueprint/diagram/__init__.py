"""A workflow as a picture, from the same walk as its sentences."""
