"""What the shop's own papers say, in the words of the house: one file per shop, and tables of any shop."""
