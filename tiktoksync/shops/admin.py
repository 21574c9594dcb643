"""Merchants and what they connected, for support staff. Tokens and secrets are never shown."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.widgets import UnfoldAdminPasswordWidget

from orders.services.actions import pull_now
from orders.services.map_carriers import release_carriers
from orders.services.new_rules import apply_new_rules
from tiktoksync.admin_base import MirrorAdmin, StaffAdmin, action, apply_to_each, display
from tiktoksync.connecting.services.stop_account import let_account_go_on, stop_account
from tiktoksync.shops import admin_changes, admin_people  # noqa: F401  register models too
from tiktoksync.shops.admin_trouble import AccountTrouble, CredentialTrouble, ShopTrouble
from tiktoksync.shops.models import (
    ApiToken,
    CancelReasonMapping,
    CarrierMapping,
    ConsentWarning,
    Credential,
    OrderRules,
    PlatformApp,
    ShippingProvider,
    ShopifyStore,
    TikTokShop,
)
from tiktoksync.sync.accounts import resume
from tiktoksync.sync.admin_rows import SyncRowAdmin

HEALTH_COLOURS = {
    "ok": "success",
    "paused": "warning",
    "stopped": "warning",
    "reconnect": "danger",
    "disconnected": "danger",
}


def pause_account(account: TikTokShop | ShopifyStore, user: Any) -> bool:
    """Stop the account's calls until a person resumes it; False if nothing works anyway."""
    return not account.auth_lost_at and stop_account(account, user)


def resume_account(account: TikTokShop | ShopifyStore, user: Any) -> bool:
    """End a pause; False if there is none. Lost consent stays lost: only reconnecting helps."""
    if let_account_go_on(account, user):
        return True
    if account.paused_until is None or account.auth_lost_at:
        return False
    resume(account)
    return True


class AccountAdmin(MirrorAdmin):
    """A connected account: its health, and the brakes."""

    actions: Any = ("pause", "resume")
    list_select_related: Any = ("merchant",)

    @display(description="health", label=HEALTH_COLOURS)
    def state(self, account: Any) -> str:
        """One word, in colour."""
        return str(account.health)

    @action(description="Pause until resumed", permissions=["operate"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Let calls wait."""
        left = "paused already, or to be connected again"
        stop = partial(pause_account, user=request.user)
        return apply_to_each(self, request, queryset, stop, done="paused", left=left)

    @action(description="Resume", permissions=["operate"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Let calls go on."""
        left = "not paused, or to be connected again"
        go_on = partial(resume_account, user=request.user)
        return apply_to_each(self, request, queryset, go_on, done="resumed", left=left)


@admin.register(TikTokShop)
class TikTokShopAdmin(AccountAdmin):
    """TikTok shops."""

    hidden = ("cipher",)
    list_display = (
        *("name", "shop_id", "merchant", "region", "state", "paused_reason", "paused_until"),
        *("last_poll_at", "store"),
    )
    list_filter = (ShopTrouble, "region")
    list_select_related = ("merchant", "store")
    search_fields = ("=shop_id", "name", "merchant__name", "store__shop_domain")
    actions = ("pull", "pause", "resume")

    @action(description="Ask TikTok for news now", permissions=["operate"])
    def pull(self, request: HttpRequest, queryset: QuerySet[TikTokShop]) -> HttpResponse | None:
        """Make the polls due and wake their lanes."""
        return apply_to_each(
            self,
            request,
            queryset,
            lambda shop: not shop.is_paused(timezone.now()) and bool(pull_now([shop])),
            done="asked for news",
            left="paused, or to be connected again",
        )


@admin.register(ShopifyStore)
class ShopifyStoreAdmin(AccountAdmin):
    """Shopify stores."""

    hidden = ("webhook_secret", "old_webhook_secret")
    list_display = (
        *("shop_domain", "name", "merchant", "state", "paused_reason", "paused_until"),
        *("last_fulfillment_poll_at", "budget_available", "order_id_definition_at"),
    )
    list_filter = (AccountTrouble,)
    search_fields = ("shop_domain", "name", "merchant__name", "=shopify_app_id")


@admin.register(Credential)
class CredentialAdmin(SyncRowAdmin):
    """When tokens expire; the tokens themselves are nobody's to read."""

    hidden = ("access_token", "refresh_token")
    list_display = (
        *("account_name", "access_expires_at", "refresh_expires_at", "renewed_at", "version"),
        *("sync", "why", "next_attempt_at"),
    )
    list_filter = (CredentialTrouble, "sync_status", "failure_kind")
    list_select_related = ("shop", "store")
    search_fields = ("=shop__shop_id", "shop__name", "store__shop_domain")
    readonly_fields = ("attempts",)
    ordering = ("access_expires_at", "id")

    @display(description="account")
    def account_name(self, credential: Credential) -> str:
        """The shop or store."""
        return str(credential.account)


@admin.register(ConsentWarning)
class ConsentWarningAdmin(MirrorAdmin):
    """What was told of consents that end; each line once."""

    list_display = ("account_name", "threshold_days", "ends_on", "at")
    list_filter = ("threshold_days",)
    list_select_related = ("credential__shop", "credential__store")
    search_fields = ("=credential__shop__shop_id", "credential__store__shop_domain")
    ordering = ("-id",)

    @display(description="account")
    def account_name(self, warning: ConsentWarning) -> str:
        """The shop or store."""
        return str(warning.credential.account)


@admin.register(ApiToken)
class ApiTokenAdmin(MirrorAdmin):
    """Keys of programs; made on the merchant's page, revoked there or here."""

    hidden = ("token", "digest")
    list_display = ("name", "merchant", "created_at", "last_used_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("merchant",)
    search_fields = ("name", "merchant__name")
    ordering = ("-id",)
    actions = ("revoke",)

    @action(description="Revoke", permissions=["operate"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> HttpResponse | None:
        """Refuse these tokens from now on."""
        rows = ApiToken.objects.filter(revoked_at=None)
        return apply_to_each(
            self,
            request,
            queryset,
            lambda token: bool(rows.filter(pk=token.pk).update(revoked_at=timezone.now())),
            done="revoked",
            left="revoked before",
        )


class PlatformAppForm(forms.ModelForm):  # type: ignore[type-arg]
    """A secret can be written here, never read."""

    new_secret = forms.CharField(
        required=False,
        strip=True,
        widget=UnfoldAdminPasswordWidget(render_value=False, attrs={"autocomplete": "off"}),
        help_text="Empty keeps the secret as it is. A new one leaves the old one valid beside it.",
    )

    class Meta:
        model = PlatformApp
        fields = ("platform", "market", "key", "service_id")

    def clean_new_secret(self) -> str:
        """A new app cannot do without."""
        secret: str = self.cleaned_data["new_secret"]
        if not secret and self.instance._state.adding:
            raise forms.ValidationError("A new app needs its secret.")
        return secret


@admin.register(PlatformApp)
class PlatformAppAdmin(StaffAdmin):
    """The apps registered with the platforms."""

    form = PlatformAppForm
    hidden = ("secret", "old_secret")
    list_display = ("key", "platform", "market", "service_id", "created_at")
    list_filter = ("platform", "market")
    search_fields = ("key", "service_id")

    def save_model(self, request: HttpRequest, obj: PlatformApp, form: Any, change: bool) -> None:
        """Keep the secret that was valid until now beside a new one."""
        if secret := form.cleaned_data["new_secret"]:
            obj.old_secret = obj.secret if change else ""
            obj.secret = secret
        super().save_model(request, obj, form, change)


@admin.register(OrderRules)
class OrderRulesAdmin(StaffAdmin):
    """How a shop's orders become Shopify orders."""

    list_display = ("shop", "auto_sync", "safety_hold_minutes", "unlinked_policy", "tag")
    list_filter = ("auto_sync", "unlinked_policy", "platform_discount_mode")
    list_select_related = ("shop",)
    search_fields = ("=shop__shop_id", "shop__name", "shop__merchant__name")
    autocomplete_fields = ("shop",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Orders that wait for a rule are judged by the new one."""
        super().save_model(request, obj, form, change)
        apply_new_rules(obj.shop)


@admin.register(CarrierMapping)
class CarrierMappingAdmin(StaffAdmin):
    """Which TikTok provider a carrier's name in Shopify stands for."""

    list_display = ("carrier", "provider_name", "shop")
    list_select_related = ("shop",)
    search_fields = ("carrier", "provider_name", "=shop__shop_id", "shop__name")
    autocomplete_fields = ("shop",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Shipments that wait for a carrier are tried with the new name."""
        super().save_model(request, obj, form, change)
        release_carriers(obj.shop)


@admin.register(CancelReasonMapping)
class CancelReasonMappingAdmin(StaffAdmin):
    """Which reason a cancelled order carries on the other platform."""

    list_display = ("reason", "becomes", "kind", "shop")
    list_filter = ("kind",)
    list_select_related = ("shop",)
    search_fields = ("reason", "becomes", "=shop__shop_id", "shop__name")
    autocomplete_fields = ("shop",)


@admin.register(ShippingProvider)
class ShippingProviderAdmin(MirrorAdmin):
    """Carriers that TikTok accepts."""

    list_display = ("name", "provider_id", "delivery_option_id", "shop", "fetched_at")
    list_select_related = ("shop",)
    search_fields = ("name", "=provider_id", "=shop__shop_id", "shop__name")
    ordering = ("-id",)
