"""What staff and customers are told, in the office and by e-mail."""
