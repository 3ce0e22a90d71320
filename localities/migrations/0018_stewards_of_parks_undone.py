from django.db import migrations


def end(apps, schema_editor):
    """Without its park a park's steward would be the steward of everything."""
    Stewardship = apps.get_model("localities", "Stewardship")
    Stewardship.objects.filter(is_active=True).exclude(park=None).update(is_active=False)


class Migration(migrations.Migration):
    dependencies = [("localities", "0017_index_of_moves")]

    operations = [migrations.RunPython(migrations.RunPython.noop, end, elidable=True)]
