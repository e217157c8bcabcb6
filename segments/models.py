"""Saved segments, who is in them, and what every run found."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models import Member
from members.models.ids import new_id


class Segment(models.Model):
    """Whom the club means by a name. ``definition`` is canonical; every change of it is a new ``version``.

    Until the first run of a version, ``computed_at`` is empty and whom it holds is not known. Since ``held_at`` a
    run waits for a person to let it through, and until then the segment holds whom it held.
    """

    key = models.SlugField(_("key"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    definition = models.JSONField(_("definition"))
    fingerprint = models.CharField(max_length=64, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1)
    saved_at = models.DateTimeField(_("saved"))
    saved_by = models.CharField(_("saved by"), max_length=80, blank=True)
    computed_at = models.DateTimeField(_("computed"), null=True, blank=True)
    size = models.PositiveIntegerField(_("members"), default=0)
    held_at = models.DateTimeField(_("held"), null=True, blank=True)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        permissions = [("export_segment", "Can export the members of a segment")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A member is in a segment, as of its last run."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="memberships")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="segment_memberships")
    entered_at = models.DateTimeField(_("entered"))

    class Meta:
        verbose_name = _("membership of a segment")
        verbose_name_plural = _("memberships of segments")
        constraints = [
            models.UniqueConstraint(fields=["segment", "member"], name="member_is_in_a_segment_once")
        ]

    def __str__(self) -> str:
        return f"{self.segment_id} {self.member_id}"


class Snapshot(models.Model):
    """One full run. ``definition``, with the segments it refers to written out, and ``now`` make it again.

    One that ``is_held`` found this many, and changed nothing.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="snapshots")
    version = models.PositiveIntegerField(_("version"))
    definition = models.JSONField(_("definition"))
    now = models.DateTimeField(_("as of"))
    size = models.PositiveIntegerField(_("members"))
    entered = models.PositiveIntegerField(_("entered"))
    left = models.PositiveIntegerField(_("left"))
    is_baseline = models.BooleanField(_("first of its version"))
    took_ms = models.PositiveIntegerField(_("milliseconds"))
    is_held = models.BooleanField(_("held"), default=False)

    class Meta:
        verbose_name = _("run of a segment")
        verbose_name_plural = _("runs of segments")
        indexes = [models.Index(fields=["segment", "-now"], name="snapshot_of_segment_by_time")]

    def __str__(self) -> str:
        return f"{self.now:%Y-%m-%d %H:%M}"


class ChangedMember(models.Model):
    """Something happened to a member since the segments looked. One row each time; looking deletes them."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    noted_at = models.DateTimeField(_("noted"))

    class Meta:
        verbose_name = _("changed member")
        verbose_name_plural = _("changed members")

    def __str__(self) -> str:
        return str(self.member_id)


class Export(models.Model):
    """The members of a segment were taken out of the house. It stays when the segment goes."""

    segment = models.ForeignKey(
        Segment, on_delete=models.SET_NULL, null=True, related_name="exports", verbose_name=_("segment")
    )
    name = models.CharField(_("name"), max_length=80)
    version = models.PositiveIntegerField(_("version"))
    members = models.PositiveIntegerField(_("members"))
    actor = models.CharField(_("by"), max_length=80)
    exported_at = models.DateTimeField(_("taken out"))

    class Meta:
        verbose_name = _("export of a segment")
        verbose_name_plural = _("exports of segments")

    def __str__(self) -> str:
        return f"{self.name} {self.exported_at:%Y-%m-%d %H:%M}"


class FullRun(models.Model):
    """Running all segments, one after the other: how far it has come, and whether somebody wants it to stop."""

    started_at = models.DateTimeField(_("started"))
    total = models.PositiveIntegerField(_("segments"))
    done = models.PositiveIntegerField(_("done"), default=0)
    stop_asked_by = models.CharField(_("stopped by"), max_length=80, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("full run")
        verbose_name_plural = _("full runs")

    def __str__(self) -> str:
        return f"{self.done}/{self.total}"


class Totals(models.Model):
    """What the purchases and returns of a member come to. Who has none of either has no row.

    ``order2_at`` is when the last but one was placed, and so on: so many were placed since then. Of what came back,
    ``piece2_at`` tells since when it is two pieces, and ``piece0_at`` since when it is any. Derived: all of it can be
    dropped and counted anew.
    """

    member = models.OneToOneField(Member, on_delete=models.CASCADE, primary_key=True, related_name="+")
    orders = models.PositiveIntegerField(_("orders"), default=0)
    paid_ore = models.BigIntegerField(_("paid"), default=0)
    first_order_at = models.DateTimeField(null=True)
    order1_at = models.DateTimeField(null=True)
    order2_at = models.DateTimeField(null=True)
    order3_at = models.DateTimeField(null=True)
    order4_at = models.DateTimeField(null=True)
    order5_at = models.DateTimeField(null=True)
    returned_thousandths = models.BigIntegerField(default=0)
    piece0_at = models.DateTimeField(null=True)
    piece1_at = models.DateTimeField(null=True)
    piece2_at = models.DateTimeField(null=True)
    piece3_at = models.DateTimeField(null=True)
    latest_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        verbose_name = _("purchases of a member")
        verbose_name_plural = _("purchases of members")

    def __str__(self) -> str:
        return str(self.member_id)


class StaleTotals(models.Model):
    """The totals of a member are to be counted anew. One row each time; counting deletes them."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    noted_at = models.DateTimeField(_("noted"))

    class Meta:
        verbose_name = _("member whose purchases are to be counted")
        verbose_name_plural = _("members whose purchases are to be counted")

    def __str__(self) -> str:
        return str(self.member_id)


class TotalsCount(models.Model):
    """The one row that whoever counts totals holds meanwhile. Until ``counted_at``, there are none to be used.

    ``wrong`` are the members whose totals were not what the last full count found.
    """

    counted_at = models.DateTimeField(_("counted"), null=True)
    wrong = models.PositiveIntegerField(_("put right"), default=0)
    took_ms = models.PositiveIntegerField(_("milliseconds"), default=0)

    class Meta:
        verbose_name = _("count of purchases")
        verbose_name_plural = _("counts of purchases")

    def __str__(self) -> str:
        return str(self.counted_at or "")
