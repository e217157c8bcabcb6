"""Every write of this floor; callers say ``from loyalty import actions``."""

from loyalty.actions.acts import ActOutcome, NewAct, record_act, undo_act
from loyalty.actions.bookings import book_seats, give_up_seats
from loyalty.actions.by_hand import cancel_voucher, set_tier
from loyalty.actions.choices import accept_offer, choose_size, convert_on_demand, use_points
from loyalty.actions.claims import claim_order, claim_receipt
from loyalty.actions.deliveries import (
    NewDelivery,
    forget_deliveries,
    forget_deliveries_of,
    note_wrong_signature,
    receive_delivery,
    retry_delivery,
    work_deliveries,
)
from loyalty.actions.doubles import merge_members
from loyalty.actions.drafts import (
    UnableToChange,
    copy_object,
    move_object,
    remove_object,
    write_group,
    write_object,
)
from loyalty.actions.draws import draw_now
from loyalty.actions.due import DueRun, run_due
from loyalty.actions.funds import grant, share_out
from loyalty.actions.gifts import choose_benefit, claim_voucher, give_voucher
from loyalty.actions.holding import hold_for_order, release_for_order
from loyalty.actions.households import check_may_join, join_household, let_spend
from loyalty.actions.invitations import accept_invitation, invite, withdraw_invitation
from loyalty.actions.leaving import settle_leaving, settle_share, take_up_again
from loyalty.actions.ledger import check_ledger
from loyalty.actions.many_acts import record_acts
from loyalty.actions.moving import move_in, move_out
from loyalty.actions.offline import NewOfflineUse, settle_offline_use
from loyalty.actions.orders import record_order, record_orders
from loyalty.actions.outcomes import OrderOutcome, ReturnOutcome
from loyalty.actions.points import adjust_points
from loyalty.actions.programmes import UnableToImport, import_programme, publish_version
from loyalty.actions.pulls import UnableToPull, resume_pull, run_pulls, start_pull, stop_pull
from loyalty.actions.referring import record_joining, record_referral, withdraw_referral
from loyalty.actions.reopening import reopen_run, reopen_run_for_all
from loyalty.actions.returns import record_return, record_returns
from loyalty.actions.revisions import cancel_order
from loyalty.actions.scenarios import UnableToSave, remove_scenario, save_scenario
from loyalty.actions.shop_news import UnableToTakeIn
from loyalty.actions.shops import UnableToConnect, change_shop, connect_shop
from loyalty.actions.trials import UnableToTry, cancel_trial, run_trials, start_trial
from loyalty.actions.vouchers import Redeemed, redeem_voucher, release_voucher, reserve_voucher

__all__ = [
    "ActOutcome",
    "DueRun",
    "NewAct",
    "NewDelivery",
    "NewOfflineUse",
    "OrderOutcome",
    "Redeemed",
    "ReturnOutcome",
    "UnableToChange",
    "UnableToConnect",
    "UnableToImport",
    "UnableToPull",
    "UnableToSave",
    "UnableToTakeIn",
    "UnableToTry",
    "accept_invitation",
    "accept_offer",
    "adjust_points",
    "book_seats",
    "cancel_order",
    "cancel_trial",
    "cancel_voucher",
    "change_shop",
    "check_ledger",
    "check_may_join",
    "choose_benefit",
    "choose_size",
    "claim_order",
    "claim_receipt",
    "claim_voucher",
    "connect_shop",
    "convert_on_demand",
    "copy_object",
    "draw_now",
    "forget_deliveries",
    "forget_deliveries_of",
    "give_up_seats",
    "give_voucher",
    "grant",
    "hold_for_order",
    "import_programme",
    "invite",
    "join_household",
    "let_spend",
    "merge_members",
    "move_in",
    "move_object",
    "move_out",
    "note_wrong_signature",
    "publish_version",
    "receive_delivery",
    "record_act",
    "record_acts",
    "record_joining",
    "record_order",
    "record_orders",
    "record_referral",
    "record_return",
    "record_returns",
    "redeem_voucher",
    "release_for_order",
    "release_voucher",
    "remove_object",
    "remove_scenario",
    "reopen_run",
    "reopen_run_for_all",
    "reserve_voucher",
    "resume_pull",
    "retry_delivery",
    "run_due",
    "run_pulls",
    "run_trials",
    "save_scenario",
    "set_tier",
    "settle_leaving",
    "settle_offline_use",
    "settle_share",
    "share_out",
    "start_pull",
    "start_trial",
    "stop_pull",
    "take_up_again",
    "undo_act",
    "use_points",
    "withdraw_invitation",
    "withdraw_referral",
    "work_deliveries",
    "write_group",
    "write_object",
]
