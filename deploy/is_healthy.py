"""End with 0 when the web server of this container is well. It answers to the club's own name only."""

import os
from urllib.request import Request, urlopen

host = os.environ["ALLOWED_HOSTS"].split(",")[0].strip()
urlopen(Request("http://127.0.0.1:8000/health/", headers={"Host": host}), timeout=10)
