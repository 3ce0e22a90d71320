"""Where an answer leads: OpenAPI links, found in the addresses themselves.

What a list holds, and what a POST to it made, is read, changed and removed at the addresses under
it: `webhooks/` leads to `webhooks/{webhook}/` and `webhooks/{webhook}/test/`.
"""

import re
from collections.abc import Iterator
from typing import Any

# How the body names what stands in an address; without a word here it is `id`.
MEMBERS = {"slug": "slug", "number": "number", "version": "version"}
IF_MATCH = "If-Match"
# Links that no address tells: from, to, and the parameters.
OTHERS = [
    ("matches_create", "provinces_retrieve", {"slug": "$response.body#/results/0/place/slug"}),
    (
        "matches_create",
        "industrial_parks_retrieve",
        {"slug": "$response.body#/results/0/best_park/slug"},
    ),
    ("industrial_parks_retrieve", "provinces_retrieve", {"slug": "$response.body#/province"}),
    ("provinces_retrieve", "sources_retrieve", {"slug": "$response.body#/sources/0/slug"}),
    (
        "webhooks_test",
        "webhook_deliveries_resend",
        {"webhook": "$request.path.webhook", "delivery": "$response.body#/id"},
    ),
    (
        "dumps_list",
        "dumps_read",
        {
            "version": "$response.body#/results/0/version",
            "form": "$response.body#/results/0/files/0/form",
        },
    ),
    ("changesets_revert", "changesets_read", {"number": "$response.body#/number"}),
]
Operation = dict[str, Any]


def add_links(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Writes into each operation's success where it leads."""
    paths: dict[str, dict[str, Operation]] = result["paths"]
    named = {each["operationId"]: each for path in paths.values() for each in path.values()}
    for path, operations in paths.items():
        for method, source in operations.items():
            for target, parameters in _followers(paths, path, method):
                _link(source, target, parameters)
    for origin, end, parameters in OTHERS:
        _link(named[origin], named[end], parameters)
    return result


def _followers(
    paths: dict[str, dict[str, Operation]], path: str, method: str
) -> Iterator[tuple[Operation, dict[str, str]]]:
    """What can be done next, with the parameters that it takes."""
    own = {name: f"$request.path.{name}" for name in _names(path)}
    etag = {IF_MATCH: "$response.header.ETag"}
    under = [(each.removeprefix(path), paths[each]) for each in paths if each.startswith(path)]
    for rest, operations in under:
        new = _names(rest)
        for target in operations.values():
            needs_etag = IF_MATCH in [each["name"] for each in target.get("parameters", [])]
            if not new and method == "get" and needs_etag:  # what was read may be changed
                yield target, {**own, **etag}
            elif rest.startswith("{") and len(new) == 1 and method == "post":
                member = {new[0]: f"$response.body#/{_member(new[0])}"}
                yield target, {**own, **member, **(etag if needs_etag else {})}
            elif rest.startswith("{") and len(new) == 1 and not needs_etag and method == "get":
                yield target, {**own, new[0]: f"$response.body#/results/0/{_member(new[0])}"}


def _member(name: str) -> str:
    return MEMBERS.get(name, "id")


def _names(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)


def _link(source: Operation, target: Operation, parameters: dict[str, str]) -> None:
    status = next(status for status in source["responses"] if status.startswith("2"))
    links = source["responses"][status].setdefault("links", {})
    name = target["operationId"]
    links[name] = {"operationId": name, "parameters": parameters}
