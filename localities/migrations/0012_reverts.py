from django.db import migrations


def mend(apps, schema_editor):
    """Reverts have the title of what they take back, and undecided ones no edits of citations.

    A page says in the reader's language that it takes back; citations follow when it is applied.
    """
    Changeset = apps.get_model("localities", "Changeset")
    Edit = apps.get_model("localities", "Edit")
    for back in Changeset.objects.filter(reverts__isnull=False).order_by("pk"):
        back.title = back.reverts.title
        back.save(update_fields=["title"])
    undecided = Changeset.objects.filter(state__in=["draft", "returned", "proposed"])
    Edit.objects.filter(changeset__in=undecided, record_kind="citation").delete()


class Migration(migrations.Migration):
    dependencies = [("localities", "0011_largest_park")]

    operations = [migrations.RunPython(mend, migrations.RunPython.noop, elidable=True)]
