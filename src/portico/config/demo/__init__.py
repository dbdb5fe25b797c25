"""The demo's data: Northwind Traders, who sell to gardens and hotels, with two years of history.

Everything is made by actions, at the times it would have happened, relative to today: so it always looks alive,
and it is the same each time.
"""
