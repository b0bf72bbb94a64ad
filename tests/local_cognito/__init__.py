"""The local Cognito, driven over HTTP in a process of its own."""
