"""Pages of public links: for whoever opens one, and for whoever makes one."""
