"""What comes from and goes to others: channels, the outbox, webhooks, connectors, actions."""
