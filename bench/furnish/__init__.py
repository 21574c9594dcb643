"""A furnished installation: a merchant with products, orders in every state, runs and people.

For looking at pages, for pictures of them and for measures in a browser. Rows are written straight
into the database that the environment names; no platform is asked.
"""

#: Of everybody who is furnished.
PASSWORD = "aurora"
