"""The staff office: Django's admin in unfold's dress, in which every change is an action."""
