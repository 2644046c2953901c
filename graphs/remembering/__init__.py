"""What a conversation keeps of itself and of its contact, under a budget."""
