"""Safe fixes: changes of single values that need nobody's opinion, one module a kind of fault."""
