"""The ten questions of the readiness check, as data: what is asked, why, and what answers mean.

They follow `docs/readiness.md`, which names for each the passage of the domain notes that it comes
from. What the answers permit stands in `matching.readiness.RULES`.
"""

from django.utils.translation import gettext_lazy as _

from localities.queries.programmes import Need
from matching.readiness_question import Answer, Bearing, Question

# Sources of the catalogue: the slides of Ohno and others on small makers' way to Asia (2015), and
# their table of the gravest problems that 262 makers in Kansai named.
SLIDES = "document-006bf850"
SURVEY = "document-b23d22cb"

_QUESTIONS = (
    Question(
        code="keep",
        label=_("What must stay in Japan"),
        text=_("Have you decided which products and processes must stay in Japan?"),
        why=_(
            "Going is not the goal. Firms that live on precision which is hard to copy, or on small"
            " lots, rightly stay. What may go has to be told apart from what must stay."
        ),
        source=SLIDES,
        passage="The small manufacturer: Going is not the goal",
        need=Need.PROTECTION,
        find_out=_(
            "Go through your products and processes one by one: who could copy it, how small are"
            " the lots, and what would your customer say if it came from elsewhere?"
        ),
        choices=(
            Answer(
                "separated",
                Bearing.GOOD,
                _("Yes: the line is drawn, and something is left that may go"),
                _("You know what must stay in Japan, and what may go."),
            ),
            Answer(
                "outside",
                Bearing.PARTLY,
                _("Only what others already make for us could go"),
                _(
                    "Only what others already make for you may go. A partner can make that without"
                    " a site of your own."
                ),
                _("List what you buy in today, and have one part of it quoted in Viet Nam."),
            ),
            Answer(
                "all",
                Bearing.BAD,
                _("Hardly anything could go: hard-to-copy precision or small lots all through"),
                _(
                    "What you live on is hard to copy or made in small lots, and cannot be"
                    " separated. Staying is a strength then, not a shortcoming."
                ),
                _(
                    "Use Viet Nam from home: sell there, hire engineers from there, and protect"
                    " what you know."
                ),
            ),
        ),
    ),
    Question(
        code="product",
        label=_("Whether the product is suited"),
        text=_("Could somebody else make the product from your drawings?"),
        why=_(
            "Which products may go, and which processes, comes before the question where. A maker"
            " abroad has only drawings, standards and samples to go by."
        ),
        source=SLIDES,
        passage="The small manufacturer: Going is not the goal",
        need=Need.STUDY,
        find_out=_(
            "Give the drawings of one part to a maker who does not know you, in Japan or there, and"
            " see which questions come back."
        ),
        choices=(
            Answer(
                "yes",
                Bearing.GOOD,
                _("Yes: drawings and standards are complete, materials and tools can be had"),
                _("The product can be made from drawings by others."),
            ),
            Answer(
                "work",
                Bearing.PARTLY,
                _("After some work: drawings, standards or tools are not complete yet"),
                _("Drawings, standards or tools are not complete yet; a trial order shows where."),
                _("Complete drawings, inspection standards and tools for one part, then try it."),
            ),
            Answer(
                "no",
                Bearing.BAD,
                _("No: it needs our people's hands, or materials found only here"),
                _("The product needs your people's hands, or materials that are found only here."),
                _("Look for another product or process that can be described on paper."),
            ),
        ),
    ),
    Question(
        code="reason",
        label=_("Why you would go"),
        text=_("Why do you think of Viet Nam?"),
        why=_(
            "Order pyramids have broken and customers buy abroad. Firms now go by their own"
            " decision, often to sell intermediate goods, and not only for low cost."
        ),
        source=SLIDES,
        passage="The small manufacturer: order pyramids have broken",
        need=Need.PLAN,
        find_out=_("Write down in three sentences what should be better in five years, and why."),
        choices=(
            Answer(
                "own",
                Bearing.GOOD,
                _("Our own decision, with a goal beyond low wages"),
                _("It is your own decision, with a goal beyond low wages."),
            ),
            Answer(
                "customer",
                Bearing.GOOD,
                _("A customer asks us to come"),
                _("A customer asks you to come."),
            ),
            Answer(
                "others",
                Bearing.BAD,
                _("Others are going, or mainly because wages are lower"),
                _("That others go, or that wages are lower, does not carry a site: wages rise."),
                _("Set a goal of your own: which customers, which products, by when."),
            ),
        ),
    ),
    Question(
        code="lead",
        label=_("Who leads"),
        text=_("Who leads it, with the time and the authority to decide?"),
        why=_(
            "Firms of 10 to 300 people have no staff for abroad. It stands and falls with one"
            " person who leads."
        ),
        source=SLIDES,
        passage="The small manufacturer: no staff for abroad; who leads",
        need=Need.LEADERSHIP,
        find_out=_("Ask who would be on the spot for the first three months, and who steps in."),
        choices=(
            Answer(
                "named",
                Bearing.GOOD,
                _("A named person who is freed for it: the owner, a successor, a manager"),
                _("A person who leads is named and freed for it."),
            ),
            Answer(
                "besides",
                Bearing.PARTLY,
                _("Somebody would do it beside the daily work"),
                _("Whoever leads has only what time the daily work leaves: enough for one order."),
                _("Free one person for it, for at least half of the week."),
            ),
            Answer(
                "nobody",
                Bearing.BAD,
                _("Nobody at present"),
                _("Nobody leads it at present, and nothing moves without."),
                _("Choose the person first; the place comes later."),
            ),
        ),
    ),
    Question(
        code="volume",
        label=_("Customer and volume"),
        text=_("Is there a customer, with a volume, for what would be made there?"),
        why=_(
            "Sales is one of the three doors on the spot, and it takes time: at one prefecture's"
            " fair samples and quotes went back and forth for three months before it worked."
        ),
        source=SLIDES,
        passage="The small manufacturer: three doors; good matching takes time",
        need=Need.CUSTOMERS,
        find_out=_(
            "Ask your three largest customers what they would buy there, how much, at which price."
        ),
        choices=(
            Answer(
                "firm",
                Bearing.GOOD,
                _("Yes: customer and volume are named"),
                _("Customer and volume are named."),
            ),
            Answer(
                "hoped",
                Bearing.PARTLY,
                _("There is interest, but no volume yet"),
                _("Customers are interested but have named no volume yet."),
                _("Send samples and quotes, and ask for a volume in writing."),
            ),
            Answer(
                "none",
                Bearing.BAD,
                _("No customer in sight"),
                _("No customer is in sight for what would be made there."),
                _("Look for a buyer first: fairs, buyers' lists, the makers already there."),
            ),
        ),
    ),
    Question(
        code="manager",
        label=_("A manager on the spot"),
        text=_(
            "Who could run it there: a local manager, a returned trainee, an engineer whom you"
            " hired in Japan?"
        ),
        why=_(
            "After entry, managers are the problem named most often (17.6 % of the answers of 262"
            " makers in Kansai). Firms do well with returned trainees and with engineers hired in"
            " Japan first."
        ),
        source=SURVEY,
        passage="The small manufacturer: people; what weighs changes by stage",
        need=Need.MANAGERS,
        find_out=_("Ask your Vietnamese staff and former trainees who would go back for it."),
        choices=(
            Answer(
                "yes",
                Bearing.GOOD,
                _("There is somebody, who also wants to"),
                _("There is somebody who can run it on the spot and wants to."),
            ),
            Answer(
                "candidate",
                Bearing.PARTLY,
                _("There is a candidate, whom we have not asked"),
                _("There is a candidate for running it, who has not been asked."),
                _("Talk with the candidate about task, pay and return before you look at sites."),
            ),
            Answer(
                "none",
                Bearing.BAD,
                _("Nobody in sight"),
                _("Nobody is in sight who could run it on the spot."),
                _("Hire an engineer from Viet Nam in Japan first, or win a former trainee back."),
            ),
        ),
    ),
    Question(
        code="partner",
        label=_("A partner on the spot"),
        text=_("Do you have a partner there whose work you know?"),
        why=_(
            "A partner makes the small steps possible: contract production, or a corner in the"
            " partner's plant. While entering, 8.0 % of the answers name partners as the gravest"
            " problem."
        ),
        source=SURVEY,
        passage="The small manufacturer: small steps; what weighs changes by stage",
        need=Need.PARTNERS,
        find_out=_("Ask those who know firms there: JETRO, your bank, a desk of the province."),
        choices=(
            Answer(
                "tested",
                Bearing.GOOD,
                _("Yes: samples and quotes have gone back and forth"),
                _("You have a partner there whose work you have tried."),
            ),
            Answer(
                "known",
                Bearing.PARTLY,
                _("We know some firms, but have tried nothing"),
                _("You know firms there, but have not tried their work."),
                _("Place the same small trial order with two of them, and compare."),
            ),
            Answer(
                "none",
                Bearing.BAD,
                _("No partner yet"),
                _("You have no partner there."),
                _("Have partners introduced to you, and visit three before you choose one."),
            ),
        ),
    ),
    Question(
        code="language",
        label=_("Language"),
        text=_("How would you talk with people there?"),
        why=_(
            "For a small firm, interpreters and Japanese-speaking specialists on the spot decide"
            " more than the price. It also takes somebody who understands both sides' technology."
        ),
        source=SLIDES,
        passage="The small manufacturer: soft; good matching takes time",
        need=Need.LANGUAGE,
        find_out=_(
            "Ask the desks and parks that you consider who speaks Japanese there, and when."
        ),
        choices=(
            Answer(
                "own",
                Bearing.GOOD,
                _("One of us speaks Vietnamese, or English well enough"),
                _("One of you can talk with people there without help."),
            ),
            Answer(
                "help",
                Bearing.PARTLY,
                _("Through an interpreter, or Japanese-speaking staff of a park or desk"),
                _("You depend on interpreters, or on the Japanese-speaking staff of a park."),
                _("Make Japanese-speaking staff a must-have when you look for a park."),
            ),
            Answer(
                "none",
                Bearing.BAD,
                _("Nothing is arranged"),
                _("Nobody is there to talk with people on the spot."),
                _("Find an interpreter who knows your trade before the first quote."),
            ),
        ),
    ),
    Question(
        code="money",
        label=_("Funds to go and to withdraw"),
        text=_("Are there funds to go, and to withdraw?"),
        why=_("Withdrawal costs money too, and needs help just as much as entry."),
        source=SLIDES,
        passage="The small manufacturer: withdrawal needs help too",
        need=Need.FUNDS,
        find_out=_(
            "Reckon with your bank: the first year without sales, and what closing would cost."
        ),
        choices=(
            Answer(
                "both",
                Bearing.GOOD,
                _("Both, without endangering the firm at home"),
                _("The funds to go and to withdraw are there."),
            ),
            Answer(
                "go",
                Bearing.PARTLY,
                _("To go, but not to withdraw"),
                _("The funds last for going, not for withdrawing."),
                _("Put the cost of closing beside that of opening, and set that much aside."),
            ),
            Answer(
                "none",
                Bearing.BAD,
                _("No: a failure would endanger the firm at home"),
                _("A failure there would endanger the firm at home."),
                _("Secure the firm at home first; talk with your bank before any contract."),
            ),
        ),
    ),
    Question(
        code="exit",
        label=_("If it fails"),
        text=_("What happens if it fails?"),
        why=_(
            "What happens if it fails is one of the questions to answer before going. A loss that"
            " was set beforehand ends in time."
        ),
        source=SLIDES,
        passage="The small manufacturer: what happens if it fails",
        need=Need.WITHDRAWAL,
        find_out=_("Ask each who decides at home: at which loss, and when, would you stop?"),
        choices=(
            Answer(
                "written",
                Bearing.GOOD,
                _("It is written down: how much loss, until when, and how we would withdraw"),
                _("It is written down at which loss you stop, and how you withdraw."),
            ),
            Answer(
                "talked",
                Bearing.PARTLY,
                _("We have talked about it, nothing is written"),
                _("You have talked about failing, but written nothing down."),
                _("Write one page: the loss that you bear, the date, who decides, how you close."),
            ),
            Answer(
                "none",
                Bearing.BAD,
                _("We have not thought about it"),
                _("Nobody has thought about what happens if it fails."),
                _("Write one page: the loss that you bear, the date, who decides, how you close."),
            ),
        ),
    ),
)
QUESTIONS = {question.code: question for question in _QUESTIONS}
