"""Small types everything else leans on; imports nothing of ours."""
