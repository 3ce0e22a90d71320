from django.db import migrations


def clear(apps, schema_editor):
    """Weighings may hold exact counts of companies: the daily job reckons them again, in steps."""
    apps.get_model("localities", "Weighing").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("localities", "0018_stewards_of_parks_undone")]

    operations = [migrations.RunPython(clear, migrations.RunPython.noop, elidable=True)]
