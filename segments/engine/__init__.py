"""Whom we mean, as pure values: what a definition says, and which stretch of time it means at a moment."""
