"""The sandbox gateway: talks over HTTP to the sandbox bank, for trying things out. Refused in production."""
