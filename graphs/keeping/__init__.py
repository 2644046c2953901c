"""What outlives a run: checkpoints, and the tape from which a turn is run again."""
