"""Stand-ins for payment providers, made from their public descriptions, each with its own list of what it charged."""
