"""Appointments, their day pages and lists, the invitations to them, and visits."""
