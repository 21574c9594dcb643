"""A user from outside: starts everything, places orders, watches them travel.

It speaks to the application through its commands and its REST API, and to the platforms through the
sandbox's control API; it imports neither. The standard library is enough for that.
"""
