"""What the practice sends to its patients: messages, their states, and who agreed to them."""
