"""Runs iiif-validator-ng and prints its results as JSON. Runs in the validator's own environment.

Its command line shows a progress bar and always exits with 0, so this asks its library.

    python validate_ng.py BASE_URL ID 2|3
"""

import json
import sys

from iiif_validator.tests.test import IIIFVersion, TargetServer, ValidationFailure
from iiif_validator.validate import run_tests


def main(base_url: str, identifier: str, version: str) -> None:
    server = TargetServer(
        base_url,
        validation_id=identifier,
        version={"2": IIIFVersion.V2, "3": IIIFVersion.V3}[version],
    )
    passed, failures = 0, {}
    for test, results in run_tests(server, max_threads=2):
        for result in results if isinstance(results, list) else [results]:
            if isinstance(result, ValidationFailure):
                failures.setdefault(test.__module__.rpartition(".")[2], []).append(
                    f"{result.details}: expected {result.expected}, "
                    f"received {result.received} from {result.url}"
                )
            else:
                passed += 1
    level = server.feature_set().compliance_level.name
    json.dump({"level": level, "passed": passed, "failures": failures}, sys.stdout)


main(*sys.argv[1:])
