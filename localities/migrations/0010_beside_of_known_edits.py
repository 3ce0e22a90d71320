from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """What stands beside another record, as far as the record is in the catalogue."""
    Citation = apps.get_model("localities", "Citation")
    Discrepancy = apps.get_model("localities", "Discrepancy")
    Edit = apps.get_model("localities", "Edit")
    cited = Citation.objects.filter(key=OuterRef("record"))
    disputed = Discrepancy.objects.filter(key=OuterRef("record"))
    other = Citation.objects.filter(key=OuterRef(OuterRef("record"))).values("record")[:1]
    of_cited = Discrepancy.objects.filter(key=Subquery(other))

    citations = Edit.objects.order_by().filter(record_kind="citation")
    citations.update(beside=Subquery(cited.values("record_kind")[:1]))
    citations.filter(beside="discrepancy").update(
        beside=Subquery(of_cited.values("record_kind")[:1])
    )
    discrepancies = Edit.objects.order_by().filter(record_kind="discrepancy")
    discrepancies.update(beside=Subquery(disputed.values("record_kind")[:1]))


class Migration(migrations.Migration):
    dependencies = [("localities", "0009_beside")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
