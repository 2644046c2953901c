"""What the `frontdesk` command does, one file a command."""
