"""The invented club that `make demo` shows."""

from dataclasses import dataclass
from datetime import datetime

from config.staff import create_staff_login


@dataclass(frozen=True)
class DemoLogin:
    """Somebody whose console or pages a visitor of the demo can look at."""

    role: str
    email: str
    password: str


LOGINS = (DemoLogin("Staff", "staff@demo.example", "stamkund-demo"),)


def build_club(*, now: datetime) -> None:
    """Fill an empty database with the club, as it stands at `now`."""
    create_staff_login(email=LOGINS[0].email, password=LOGINS[0].password)
