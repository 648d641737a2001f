"""Files that are wrong: what counts is a typed answer, soon, from a server that lives on."""

from report import Outcome
from server import Answer, Server

LIMIT_SECONDS = 2.0
LIMIT_BYTES = 1536 << 20
REQUESTS = (
    "info.json",
    "full/max/0/default.png",
    "square/!256,256/0/default.jpg",
    "0,0,64,64/max/0/default.jpg",
)
# Larger pictures are asked for in small, as a viewer does.
LARGE_PIXELS = 16_000_000
# A picture, a wrong request (a region outside of it), or one of the refusals.
TYPED = (200, 400, 404, 413, 415, 500, 501)


def examine_malformed(server: Server, name: str) -> Outcome:
    """The outcome of one file, by the status of the whole picture."""
    outcome = Outcome(name, "")
    statuses = []
    large = False
    for request in REQUESTS:
        if large:
            request = request.replace("full/max", "full/!512,512")
        used = server.processor_seconds()
        answer = server.image(name, request)
        # Other work of the machine does not count.
        used = server.processor_seconds() - used
        seconds = min(answer.seconds, used) if server.process else answer.seconds
        statuses.append(answer.status)
        outcome.seconds = max(outcome.seconds, seconds)
        _judge(outcome, answer, seconds, request)
        if request == "info.json" and answer.status == 200:
            facts = answer.json()
            large = facts["width"] * facts["height"] > LARGE_PIXELS
        if answer.status in (415, 501) or (request == "info.json" and answer.status != 200):
            break
    outcome.status = statuses[1] if len(statuses) > 1 else statuses[0]
    outcome.megabytes = server.memory("VmHWM") >> 20
    if server.memory() > LIMIT_BYTES:
        outcome.bad, outcome.note = True, f"{outcome.megabytes} MB resident"
    if not server.alive():
        outcome.bad, outcome.verdict, outcome.note = True, "died", "the server is gone"
    else:
        outcome.verdict = {200: "200 picture", 415: "415 refused", 500: "500 damaged"}.get(
            outcome.status, str(outcome.status)
        )
    return outcome


def _judge(outcome: Outcome, answer: Answer, seconds: float, request: str) -> None:
    note = answer.text if answer.status != 200 else ""
    if answer.status not in TYPED:
        outcome.bad, note = True, f"{request}: status {answer.status} {note}"
    elif answer.status == 500 and "damaged" not in note:
        # A panic was caught, or a limit has no words of its own.
        outcome.bad, note = "over" not in note, f"{request}: {note}"
    elif seconds > LIMIT_SECONDS:
        outcome.bad, note = True, f"{request}: {seconds:.1f} s"
    if note and not outcome.note:
        outcome.note = note
