"""What leaves the house: deliveries, actions of tools, and when they are tried again."""
