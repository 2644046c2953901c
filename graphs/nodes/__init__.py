"""The nodes of the machine, one file a node."""
