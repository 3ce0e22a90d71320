from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0002_former_secrets")]

    operations = [
        migrations.RemoveField(model_name="endpoint", name="before_until"),
        migrations.RemoveField(model_name="endpoint", name="salt_before"),
    ]
