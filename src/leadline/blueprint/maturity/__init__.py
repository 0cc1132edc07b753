"""How far a team has come, by evidence that is measured and never declared."""
