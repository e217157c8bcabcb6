"""The database of production: ``ENGINE`` names this package, and Django looks for ``base`` in it."""
