from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def fill(apps, schema_editor):
    """The park that each known edit is about, as far as its record is in the catalogue."""
    Citation = apps.get_model("localities", "Citation")
    Discrepancy = apps.get_model("localities", "Discrepancy")
    Edit = apps.get_model("localities", "Edit")
    Observation = apps.get_model("localities", "Observation")
    cited = Citation.objects.filter(key=OuterRef("record"))
    disputed = Discrepancy.objects.filter(key=OuterRef("record"))
    observed = Subquery(Observation.objects.filter(key=OuterRef("record")).values("park")[:1])

    moves = ("province", "former_province", "park")
    edits = Edit.objects.order_by().filter(other_province=None).exclude(field__in=moves)
    edits.filter(record_kind="industrial-park").update(park=F("record"))
    edits.filter(record_kind="observation").update(park=observed)
    for kind, found in (("citation", cited), ("discrepancy", disputed)):
        own = edits.filter(record_kind=kind)
        of_park = found.filter(record_kind="industrial-park").values("record")[:1]
        own.filter(beside="industrial-park").update(park=Subquery(of_park))
        of_figure = found.filter(record_kind="observation").annotate(of=observed).values("of")[:1]
        own.filter(beside="observation").update(park=Subquery(of_figure))


class Migration(migrations.Migration):
    dependencies = [("localities", "0015_parks_of_stewards")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
