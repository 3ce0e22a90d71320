import django.db.models.deletion
from django.db import migrations, models


def take_over(apps, schema_editor):
    """The secret before the present one, where it still signs."""
    Endpoint = apps.get_model("webhooks", "Endpoint")
    FormerSecret = apps.get_model("webhooks", "FormerSecret")
    FormerSecret.objects.bulk_create(
        FormerSecret(endpoint=each, salt=each.salt_before, until=each.before_until)
        for each in Endpoint.objects.exclude(before_until=None)
    )


def give_back(apps, schema_editor):
    """The newest former secret is the one before."""
    Endpoint = apps.get_model("webhooks", "Endpoint")
    for each in apps.get_model("webhooks", "FormerSecret").objects.order_by("until", "id"):
        Endpoint.objects.filter(pk=each.endpoint_id).update(
            salt_before=each.salt, before_until=each.until
        )


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="FormerSecret",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("salt", models.CharField(max_length=43, verbose_name="what the secret is made of")),
                ("until", models.DateTimeField(verbose_name="valid until")),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_secrets",
                        to="webhooks.endpoint",
                    ),
                ),
            ],
            options={
                "verbose_name": "former secret of a webhook",
                "verbose_name_plural": "former secrets of webhooks",
                "ordering": ["-until", "-id"],
            },
        ),
        migrations.RunPython(take_over, give_back, elidable=True),
    ]
