"""What the operator has set up wrong, each with a hint: `manage.py check --deploy`."""
