"""What else must happen once the catalogue has a new version.

A room above this one registers a function in its `AppConfig.ready`:

    from localities.curation.hooks import on_applied
    on_applied(build_snapshot)      # build_snapshot(version: int) -> None

Each runs after the commit, with the new version. A failing one is logged and hinders nobody: what a
hook makes must also be makeable later, from the catalogue alone.
"""

from collections.abc import Callable
from functools import partial

from django.db import transaction

Hook = Callable[[int], None]
_hooks: list[Hook] = []


def on_applied(hook: Hook) -> None:
    """Has `hook` called with each new catalogue version; registering twice is registering once."""
    if hook not in _hooks:
        _hooks.append(hook)


def announce(version: int) -> None:
    """Calls every hook with `version` once the running transaction has been committed."""
    for hook in _hooks:
        transaction.on_commit(partial(hook, version), robust=True)
