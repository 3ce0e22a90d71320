"""The headers of answers, as the schema tells them of every operation."""

from collections.abc import Iterable
from typing import Any

Operation = dict[str, Any]
HEADERS: dict[str, tuple[str, str]] = {
    "Catalogue-Version": ("integer", "The version of the catalogue that the answer speaks of."),
    "X-Request-ID": ("string", "The id of the request in our log; one that was sent is kept."),
    "RateLimit-Policy": ("string", 'The limit: "match";q=300;w=60 is 300 in 60 seconds.'),
    "RateLimit": ("string", 'What is left of it: "match";r=299;t=42, full again in 42 seconds.'),
    "ETag": ("string", "The state that was told: for If-None-Match, or for If-Match of a change."),
    "Location": ("string", "The address of what was made."),
    "Retry-After": ("integer", "Seconds to wait before it is sent again; with 429, 503 and 409."),
    "Idempotency-Replayed": ("string", "true where it is the answer of an earlier request."),
}
EVERYWHERE = ("Catalogue-Version", "X-Request-ID", "RateLimit-Policy", "RateLimit")
IF_NONE_MATCH, IF_MATCH, IDEMPOTENCY_KEY = "If-None-Match", "If-Match", "Idempotency-Key"
_MADE_LATER = "match_jobs_create"  # a 202 that names what will be made


def describe_headers(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Writes into each answer which headers it has, and 304 where an answer may be known."""
    result["components"]["headers"] = {
        name: {"schema": {"type": kind}, "description": description}
        for name, (kind, description) in HEADERS.items()
    }
    paths: dict[str, dict[str, Operation]] = result["paths"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            responses = operation["responses"]
            if _takes(operation, IF_NONE_MATCH):
                responses["304"] = {"description": "The reader has this state already."}
            tagged = _tells_state(paths, path, method)
            for status, told in responses.items():
                names = [*EVERYWHERE, *_further(operation, status, tagged=tagged)]
                told["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    return result


def _further(operation: Operation, status: str, *, tagged: bool) -> Iterable[str]:
    if status == "default":
        yield "Retry-After"
    if status in ("200", "201", "304") and tagged:
        yield "ETag"
    if status == "201" or (operation["operationId"] == _MADE_LATER and status == "202"):
        yield "Location"
    if status.startswith("2") and _takes(operation, IDEMPOTENCY_KEY):
        yield "Idempotency-Replayed"


def _tells_state(paths: dict[str, dict[str, Operation]], path: str, method: str) -> bool:
    """Whether a success carries an ETag: that of a read, or of something that can be changed."""
    operation = paths[path][method]
    if _takes(operation, IF_NONE_MATCH) or _takes(operation, IF_MATCH):
        return True
    if method == "get":
        return any(_takes(other, IF_MATCH) for other in paths[path].values())
    above = path[: path.rstrip("/").rfind("/") + 1]
    if "200" in operation["responses"] and above in paths:  # a step of what can be changed
        return _takes(paths[above].get("patch", {}), IF_MATCH)
    below = [each for each in paths if each.startswith(f"{path}{{") and each.count("{") == 1]
    return any(_takes(paths[each].get("patch", {}), IF_MATCH) for each in below)


def _takes(operation: Operation, header: str) -> bool:
    return any(each["name"] == header for each in operation.get("parameters", []))
