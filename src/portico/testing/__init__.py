"""What tests lean on: people, factories, a database of their own, gateway contract tests."""
