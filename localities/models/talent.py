"""Where people learn."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from localities.models.places import Province
from localities.models.records import NamedRecord, PartOfProvince, codes, list_of_texts


class TalentField(models.TextChoices):
    """What an institution teaches."""

    MECHANICAL = "mechanical", _("Mechanical engineering")
    ELECTRICAL = "electrical", _("Electrical engineering")
    ELECTRONICS = "electronics", _("Electronics")
    AUTOMOTIVE = "automotive", _("Automotive engineering")
    SEMICONDUCTORS = "semiconductors", _("Semiconductors")
    WELDING = "welding", _("Welding")
    MOULDS = "moulds", _("Moulds and dies")
    CHEMISTRY = "chemistry", _("Chemistry")
    ENVIRONMENT = "environment", _("Environment")
    FOOD = "food", _("Food technology")
    AGRICULTURE = "agriculture", _("Agriculture")
    IT = "it", _("Information technology")
    LOGISTICS = "logistics", _("Logistics")
    BUSINESS = "business", _("Business")
    JAPANESE_LANGUAGE = "japanese-language", _("Japanese language")
    NURSING_CARE = "nursing-care", _("Nursing care")


class TalentInstitution(NamedRecord, PartOfProvince):
    """A university, college or training centre."""

    kind = "talent-institution"

    class Kind(models.TextChoices):
        UNIVERSITY = "university", _("University")
        COLLEGE = "college", _("College")
        VOCATIONAL = "vocational", _("Vocational school")
        KOSEN = "kosen-model", _("College of the kosen model")
        DISPATCH = "dispatch-training", _("Training before work in Japan")
        JAPAN_CENTRE = "japan-centre", _("Japan centre")
        OTHER = "other", _("Other")

    province = models.ForeignKey(
        Province, models.PROTECT, related_name="talent_institutions", verbose_name=_("province")
    )
    institution_kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    fields = models.JSONField(
        _("fields taught"), default=list, blank=True, validators=[codes(TalentField)]
    )
    students_total = models.PositiveIntegerField(_("students"), null=True, blank=True)
    graduates_per_year = models.PositiveIntegerField(_("graduates a year"), null=True, blank=True)
    japanese_language_programme = models.BooleanField(_("teaches Japanese"), null=True, blank=True)
    japan_partners = models.JSONField(
        _("partners in Japan"), default=list, blank=True, validators=[list_of_texts]
    )
    jica_or_kosen_support_en = models.TextField(
        _("support by JICA or kosen"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("talent institution")
        verbose_name_plural = _("talent institutions")
        ordering = ["key"]
