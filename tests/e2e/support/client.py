"""An HTTP client that sends a path exactly as written and follows nothing."""

import http.client
import io
import json
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy
from PIL import Image

TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What came back. Header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self):
        return json.loads(self.body)

    def pixels(self) -> numpy.ndarray:
        """The picture in the body as height x width x 3."""
        return numpy.asarray(Image.open(io.BytesIO(self.body)).convert("RGB"))


def ask(
    url: str, path: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> Answer:
    """One request. `If_None_Match="x"` sends `If-None-Match: x`."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT_SECONDS)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers=named)
        answer = connection.getresponse()
        fields = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, fields, answer.read())
    finally:
        connection.close()
