from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0004_saved_view")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="choices",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
