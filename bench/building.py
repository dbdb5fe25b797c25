"""`python -m bench.building`: fill the database of the pages, in a process of its own."""

from __future__ import annotations

import os

from bench.place import become

if __name__ == "__main__":
    become(os.environ)
    from bench.books import build

    build()
