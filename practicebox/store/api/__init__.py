"""What the interface for software keeps of its own."""
