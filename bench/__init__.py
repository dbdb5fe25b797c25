"""`make bench`: the speed table of docs/operate/speed.md, measured on this machine."""
