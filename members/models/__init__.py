from members.models.access import ApiKey, StoredAnswer
from members.models.activity import Activity
from members.models.consent import Consent
from members.models.member import Account, Member, MemberIdentity
from members.models.order import Order, OrderLine, OrderReturn, OrderReturnLine
from members.models.shop import Category, Product, Store
from members.models.user import User, UserManager
from members.models.webhooks import Subscription, WebhookMessage

__all__ = [
    "Account",
    "Activity",
    "ApiKey",
    "Category",
    "Consent",
    "Member",
    "MemberIdentity",
    "Order",
    "OrderLine",
    "OrderReturn",
    "OrderReturnLine",
    "Product",
    "Store",
    "StoredAnswer",
    "Subscription",
    "User",
    "UserManager",
    "WebhookMessage",
]
