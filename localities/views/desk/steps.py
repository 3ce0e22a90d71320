"""What an officer does with a changeset: every step is a POST of its own."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from localities.curation import review
from localities.curation.apply import apply as apply_changeset
from localities.curation.errors import Conflict, Refused, Unseen, WrongState
from localities.curation.propose import LONGEST_COMMENT
from localities.curation.propose import propose as propose_changeset
from localities.curation.twins import said
from localities.models import Changeset
from localities.queries import conflicts, desk
from localities.queries.differences import lines
from localities.rules import standing
from localities.views.addresses import takes
from localities.views.desk.changesets import show
from localities.views.desk.officer import standing_of
from portal.accounts.access import officers_only, person
from portal.accounts.models import Organisation, User
from portal.accounts.roles import Role, require

State = Changeset.State
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Posted:
    """A step as it was sent."""

    changeset: Changeset
    user: User
    comment: str
    request: HttpRequest

    @property
    def revision(self) -> int:
        """The revision that the officer looked at. Raises ValidationError where it is missing."""
        return self._shown("revision")

    @property
    def author(self) -> int:
        """The id of the author whom the officer saw. Raises as `revision`."""
        return self._shown("author")

    @property
    def version(self) -> int:
        """The catalogue's version that the officer saw. Raises as `revision`."""
        return self._shown("version")

    def _shown(self, name: str) -> int:
        number = whole_number(self.request.POST.get(name, ""))
        if number is None:
            raise ValidationError(gettext("Open the changeset anew and look at it before."))
        return number


def whole_number(text: str) -> int | None:
    """What a form sent as a number of ours; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


Take = Callable[[Posted], str | HttpResponseRedirect]


def _step(take: Take) -> View:
    """A view for `take`, which returns what to tell the officer, or where to lead them.

    What can't be done is said on the changeset's page, with the comment as it was typed: 409 where
    somebody was faster, 400 where something is missing or wrong.
    """

    @officers_only
    @require_POST
    @takes()
    def view(request: HttpRequest, number: int) -> HttpResponse:
        found = desk.visible(standing_of(request), number)
        if found is None:
            raise Http404(number)
        comment = request.POST.get("comment", "")[: LONGEST_COMMENT * 2]
        posted = Posted(found[0], person(request), comment, request)
        try:
            told = take(posted)
        except WrongState:
            error, status = _stale(posted), 409
        except Unseen as unseen:
            error, status = _unseen(posted, unseen), 409
        except Conflict as conflict:
            error, status = _conflicting(conflict), 409
        except Refused as refused:
            error, status = _refused(refused), 400
        except ValidationError as wrong:
            error, status = " ".join(wrong.messages), 400
        else:
            if isinstance(told, HttpResponseRedirect):
                return told
            messages.success(request, told)
            home = request.POST.get("back") == "home"
            return redirect("desk:home") if home else redirect("desk:changeset", number)
        return show(request, number, error=error, comment=comment, status=status)

    view.__doc__ = take.__doc__
    return view


def _stale(posted: Posted) -> str:
    """Why the step came too late."""
    now = Changeset.objects.get(pk=posted.changeset.pk)
    author = whole_number(posted.request.POST.get("author", ""))
    if author is not None and now.author is not None and author != now.author_id:
        text = gettext("Nothing was done: %(name)s has taken the changeset over meanwhile.")
        return text % {"name": now.author}
    asked = whole_number(posted.request.POST.get("revision", ""))
    if asked is not None and asked != now.revision:
        return gettext(
            "The changeset has changed since you looked at it. This is how it is now; "
            "nothing was decided."
        )
    return gettext("Nothing was done: the changeset is meanwhile “%(state)s”.") % {
        "state": now.get_state_display()
    }


def _conflicting(conflict: Conflict) -> str:
    text = gettext(
        "The catalogue has moved on under this changeset (%(count)d values); nothing was written. "
        "Its author settles what should stand."
    )
    twins = [twin for twin in said(conflict.clashes) if twin]
    return " ".join([text % {"count": len(conflict.clashes)}, *twins[:10]])


def _unseen(posted: Posted, unseen: Unseen) -> str:
    """What the catalogue says by now, of what the officer saw say something else."""
    places = {(clash.kind, clash.record) for clash in unseen.clashes}
    edits = posted.changeset.edits.filter(pk__in=_choices(posted))
    own = [edit for edit in edits if (edit.record_kind, edit.record) in places]
    moved = conflicts.moved([posted.changeset.pk]).get(posted.changeset.pk, {})
    told = [
        f"{line.name.whole} {line.field}: {line.current}".replace(" :", ":")
        for line in lines([edit for edit in own if edit.pk in moved], moved)
    ]
    return gettext(
        "Nothing was settled: the catalogue has changed again since you looked at it "
        "(%(values)s). Look at it and choose anew."
    ) % {"values": " / ".join(told[:10])}


def _refused(refused: Refused) -> str:
    told = [f"{one.record} {one.field}: {one.message}" for one in refused.refusals[:10]]
    return gettext("Nothing was done. %(reasons)s") % {"reasons": " / ".join(told)}


def _comment(posted: Posted) -> str:
    """Adds a comment."""
    review.comment_on(posted.changeset, actor=posted.user, text=posted.comment)
    return gettext("Your comment is added.")


def _propose(posted: Posted) -> str:
    """Hands the draft over for review."""
    propose_changeset(posted.changeset, actor=posted.user, comment=posted.comment)
    return gettext("The changeset waits for review.")


def _withdraw(posted: Posted) -> str:
    """Ends the changeset at its author's wish."""
    review.withdraw(posted.changeset, actor=posted.user, comment=posted.comment)
    return gettext("The changeset is withdrawn.")


def _take_over(posted: Posted) -> str:
    """Goes on with the changeset in its author's place."""
    review.take_over(
        posted.changeset, actor=posted.user, comment=posted.comment, author=posted.author
    )
    return gettext("You have taken the changeset over. Mend it and propose it again.")


def _send_back(posted: Posted) -> str:
    """Returns the changeset to its author, to be mended."""
    review.send_back(
        posted.changeset, reviewer=posted.user, comment=posted.comment, revision=posted.revision
    )
    return gettext("The changeset is sent back.")


def _reject(posted: Posted) -> str:
    """Ends the changeset without effect."""
    review.reject(
        posted.changeset, reviewer=posted.user, comment=posted.comment, revision=posted.revision
    )
    return gettext("The changeset is rejected.")


def _apply(posted: Posted) -> str:
    """Writes the changeset into the catalogue."""
    applied = apply_changeset(
        posted.changeset, reviewer=posted.user, comment=posted.comment, revision=posted.revision
    )
    return gettext("Applied: the catalogue is now version %(version)d.") % {
        "version": applied.version
    }


def _choices(posted: Posted) -> dict[int, bool]:
    """By the id of an edit, whether what it proposes should stand."""
    return {
        number: value == "proposed"
        for name, value in posted.request.POST.items()
        if name.startswith("edit-") and value in ("proposed", "current")
        if (number := whole_number(name.removeprefix("edit-"))) is not None
    }


def _settle(posted: Posted) -> str:
    """Settles conflicts, edit by edit, as they were shown."""
    settled = review.settle(
        posted.changeset, actor=posted.user, keep=_choices(posted), version=posted.version
    )
    if settled.state == State.WITHDRAWN:
        return gettext("Nothing is left of the changeset: it is withdrawn.")
    return gettext("The conflicts are settled.")


def _revert(posted: Posted) -> HttpResponseRedirect:
    """Drafts what takes the changeset back."""
    editing = sorted(standing(posted.user).at_least(Role.EDITOR))
    require(bool(editing))
    own = posted.changeset.organisation_id
    organisation = Organisation.objects.get(key=own if own in editing else editing[0])
    back = review.revert(posted.changeset, actor=posted.user, organisation=organisation)
    text = gettext("This draft takes the version back. Look at it and propose it.")
    messages.success(posted.request, text)
    return HttpResponseRedirect(reverse("desk:changeset", args=[back.pk]))


comment = _step(_comment)
propose = _step(_propose)
withdraw = _step(_withdraw)
take_over = _step(_take_over)
send_back = _step(_send_back)
reject = _step(_reject)
apply = _step(_apply)
settle = _step(_settle)
revert = _step(_revert)
