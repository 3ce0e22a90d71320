from django.db import migrations
from django.db.models import OuterRef, Subquery
from django.db.models.fields.json import KT


def fill(apps, schema_editor):
    """The park of the records that waiting edits would make."""
    Edit = apps.get_model("localities", "Edit")
    Observation = apps.get_model("localities", "Observation")
    made = Edit.objects.order_by().filter(action="create", changeset__state="proposed", park=None)
    of_park = made.filter(record_kind="observation").exclude(new__park=None)
    of_park.update(park=KT("new__park"))
    disputed = made.filter(record_kind="discrepancy").annotate(disputed=KT("new__record"))
    disputed.filter(beside="industrial-park").update(park=KT("new__record"))
    observed = Observation.objects.filter(key=OuterRef("disputed")).values("park")[:1]
    disputed.filter(beside="observation").update(park=Subquery(observed))


class Migration(migrations.Migration):
    dependencies = [("localities", "0019_weighings_in_steps")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
