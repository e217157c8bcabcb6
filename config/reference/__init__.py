"""What shops are told of the API: the guide with its examples, what is promised of v1, and a club to try it on."""
