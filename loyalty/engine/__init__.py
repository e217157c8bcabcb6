"""The rules of a programme, computed by pure Python: no Django, no database, no clock, no chance."""
