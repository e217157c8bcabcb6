"""The console's pages about who the members are and what they did."""
