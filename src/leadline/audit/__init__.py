"""What is wrong in a team's data: rules over all tables together, each finding with its mend."""
