"""Who is asking, what they may do, and the two locks that keep customers apart."""
