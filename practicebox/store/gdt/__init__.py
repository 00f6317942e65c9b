"""What practice software has sent, and what goes back to it."""
