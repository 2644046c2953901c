"""What replicas share while they run: live frames and counts, over Redis where one is configured, over a line between them where they are processes of one command."""
