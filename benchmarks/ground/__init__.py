"""What the benchmarks of the engine and the ledger stand on: a project, a database, a worker."""
