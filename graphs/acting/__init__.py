"""Tools in a turn and the small graph of an action: chosen, guarded, proposed, approved, told."""
