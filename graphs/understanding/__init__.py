"""What a message asks and does: its requests, its moves in the conversation, its wishes."""
