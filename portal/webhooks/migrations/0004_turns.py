from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0003_one_place_for_former_secrets")]

    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="turn",
            field=models.PositiveIntegerField(
                db_default=0, editable=False, verbose_name="turns that are over"
            ),
        ),
    ]
