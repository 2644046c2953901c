"""What replicas share while they run: live frames and counts, over Redis where one is configured."""
