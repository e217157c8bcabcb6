"""What every test may rely on."""

from config.catalogues import build_catalogues


def pytest_sessionstart() -> None:
    build_catalogues()
