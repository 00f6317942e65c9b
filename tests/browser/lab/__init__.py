"""A bare page around the call's modules, the little server that gives it a room, and its driver."""
