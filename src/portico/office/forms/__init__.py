"""The office's forms: what staff type, cleaned; every rule is the action's."""
