"""The engine and what surrounds it: inputs, guards, policy and the command line."""
