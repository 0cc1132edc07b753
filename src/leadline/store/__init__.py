"""PostgreSQL, the one store and the one coordinator. SQL lives in queries/, one file a noun."""
