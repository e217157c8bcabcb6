"""The laws of the ledger on programmes of every kind, and on happenings of every kind."""

from collections import Counter, defaultdict
from datetime import timedelta

from hypothesis import HealthCheck, Phase, assume, given, settings

from loyalty.engine.effects import Entry, VoucherChange
from loyalty.engine.parsing import parse
from tests.loyalty.engine.documents import Document, documents
from tests.loyalty.engine.happenings import Player, Step, played, steps, without_late

many = settings(
    max_examples=20,
    # No shrinking: a test of many minutes is ended as one that hangs.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
YEARS = timedelta(days=800)


def check_books(player: Player) -> None:
    """Balance = sum of entries = lots − debt; lots and vouchers hold what was put there, and end once."""
    account = player.account
    written: Counter[str] = Counter()
    for effect in player.club.effects:
        if isinstance(effect, Entry):
            written[effect.meter] += effect.amount
    assert written == Counter(account.balances)
    for key, meter in player.programme.meters.items():
        if meter.is_spendable:
            lots = [lot for lot in account.lots if lot.meter == key]
            assert account.balance(key) == sum(lot.remaining for lot in lots) - account.debt(key)
            assert all(0 <= lot.remaining <= lot.amount for lot in lots)
            assert all(0 <= lot.lapsed <= lot.amount for lot in lots)
    assert all(debt.amount > 0 for debt in account.debts)
    assert all(0 <= voucher.used <= voucher.value for voucher in account.vouchers)
    assert all(line.paid >= 0 for sold in player.club.orders.values() for line in sold.order.lines)


def check_ends(player: Player) -> None:
    ended = Counter(
        effect.voucher.ref
        for effect in player.club.effects
        if isinstance(effect, VoucherChange) and effect.move in ("expired", "cancelled")
    )
    assert all(times == 1 for times in ended.values())


def check_backing(player: Player) -> None:
    """No voucher without the points behind it."""
    account = player.account
    meter_of = {one.key: one for one in player.programme.conversions}
    for voucher in account.vouchers:
        conversion = meter_of.get(voucher.rule)
        if conversion and voucher.debit and player.programme.meters[conversion.meter].is_spendable:
            taken = sum(amount for _lot, amount in account.backing.get(voucher.debit, ()))
            assert taken == voucher.because["points"]


def check_limits(player: Player) -> None:
    """Neither more, nor more often, than a rule's limits allow in any of their windows."""
    account, zone = player.account, player.programme.zone
    for rule in player.programme.earning_rules:
        moments = [one.at for one in account.history.get(f"rule.{rule.key}", ())]
        for cap in rule.caps:
            spans = [cap.window.span(at, zone) for at in moments] if cap.window else []
            for amount, times in (account.given_in(rule.key, span) for span in spans):
                assert not cap.amount or amount <= cap.amount
                assert not cap.times or times <= cap.times


@many
@given(document=documents(), happened=steps)
def test_the_books_add_up_at_every_step(document: Document, happened: list[Step]) -> None:
    programme = parse(document)
    player = Player(programme)
    for step in happened:
        player.play(step)
        check_books(player)
    player.club.pass_to(player.now + YEARS)
    check_books(player)
    check_ends(player)
    check_backing(player)
    check_limits(player)


@many
@given(document=documents(), happened=steps)
def test_played_again_and_stored_it_comes_to_the_same(document: Document, happened: list[Step]) -> None:
    programme = parse(document)
    first, again = played(programme, happened), played(programme, happened, is_stored=True)
    assert first.club.rows == again.club.rows


@many
@given(document=documents(), happened=steps)
def test_the_sweep_may_run_late_twice_or_in_parts(document: Document, happened: list[Step]) -> None:
    programme = parse(document)
    happened = without_late(happened)
    swept, left_alone = played(programme, happened, sweeps=(3, 3, 7)), played(programme, happened)
    for player in (swept, left_alone):
        player.club.pass_to(player.now + YEARS)
    assert swept.club.rows == left_alone.club.rows


@many
@given(document=documents(), happened=steps)
def test_what_an_order_gave_goes_with_its_goods(document: Document, happened: list[Step]) -> None:
    """Of every meter and rule, in whatever parts and order the goods come back."""
    programme = parse(document)
    assume(programme.returns.takes_points)
    player = played(programme, happened)
    player.give_back_everything()
    check_books(player)
    left: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for effect in player.club.effects:
        if (
            isinstance(effect, Entry)
            and effect.kind in ("earn", "reverse")
            and effect.order.startswith("scenario:")
        ):
            left[effect.order, effect.meter, effect.rule] += effect.amount
    gone = {key for key, sold in player.club.orders.items() if not sold.facts().lines}
    assert {what: amount for what, amount in left.items() if amount and what[0] in gone} == {}
    given = [voucher for voucher in player.account.vouchers if voucher.order in gone]
    assert all(voucher.state != "issued" or voucher.used for voucher in given)


@many
@given(document=documents(), happened=steps)
def test_what_was_used_is_never_reshuffled(document: Document, happened: list[Step]) -> None:
    programme = parse(document)
    player = Player(programme)
    for step in happened:
        before = {debit: list(taken) for debit, taken in player.account.backing.items()}
        player.play(step)
        after = player.account.backing
        assert all(after[debit][: len(taken)] == taken for debit, taken in before.items())


@many
@given(document=documents(), happened=steps)
def test_counters_end_where_they_began_when_all_is_given_back(
    document: Document, happened: list[Step]
) -> None:
    """Everything that only orders feed, hidden meters included; what has been turned or emptied is another law's."""
    programme = parse(document)
    assume(programme.returns.takes_points)
    bought = [{**step, "after": 1} for step in without_late(happened) if step["do"] in ("buy", "give_back")]
    player = played(programme, bought)
    player.give_back_everything()
    used = {conversion.meter for conversion in programme.conversions}
    fed = {rule.meter for rule in programme.earning_rules if rule.event in ("purchase", "first_purchase")}
    emptied = {key for key, meter in programme.meters.items() if meter.at_window_end != "carry"}
    left = [sold for sold in player.club.orders.values() if sold.order.is_purchase and sold.facts().lines]
    if not left:
        for key in fed - used - emptied - {""}:
            assert player.account.balance(key) == 0
        given = {voucher.kind for voucher in player.account.vouchers}
        funds = player.club.state("member", player.now).funds
        assert "donation" in given or all(funds[key] == fund.opening for key, fund in programme.funds.items())
