"""Clients that common tools make of the description of the API, and what a shop would write with them."""
