"""Sign-in, sign-up, joining a team, and the first merchant of a person."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.views import LoginView, SignupView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tiktoksync.people.forms import NewMerchantForm
from tiktoksync.people.services import invitations
from tiktoksync.people.services.found_merchant import found_merchant
from tiktoksync.people.services.refusals import PeopleRefusal
from tiktoksync.shops.tenancy import SESSION_KEY

JOIN = "/join/"


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):  # type: ignore[misc]
    """Sign in; a fragment asked for without a session sends the whole page here."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if getattr(request, "htmx", False):
            return HttpResponse(headers={"HX-Refresh": "true"})
        return super().dispatch(request, *args, **kwargs)  # type: ignore[no-any-return]


@method_decorator(login_not_required, name="dispatch")
class SignUp(SignupView):  # type: ignore[misc]
    """Sign up; afterwards the person joins the team that invited them, or names a merchant."""

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form knows with which invitation the visitor came."""
        found = invitations.remembered_invitation(self.request.session)
        return {**super().get_form_kwargs(), "invitation": found}

    def get_success_url(self) -> str:
        """A wanted page is kept while the merchant is named."""
        wanted = self.get_next_url() or ""
        if wanted.startswith(JOIN):
            return wanted
        return _with_next(reverse("merchant-new"), wanted)


@require_http_methods(["GET", "POST"])
@never_cache
def name_merchant(request: HttpRequest) -> HttpResponse:
    """Name a merchant and become its owner."""
    person: Any = request.user
    wanted = _safe_next(request)
    if settings.SIGN_UP != "open" and not person.is_staff:
        raise PermissionDenied("On this installation staff set up merchants.")
    form = NewMerchantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        merchant = found_merchant(person, facts["name"], facts["timezone"])
        request.session[SESSION_KEY] = merchant.pk
        return redirect(wanted or _first_page())
    context = {"form": form, "next": wanted}
    status = 422 if form.is_bound else 200
    return render(request, "people/new_merchant.html", context, status=status)


@login_not_required
@require_GET
@never_cache
def show_invitation(request: HttpRequest, key: str) -> HttpResponse:
    """What an invitation is for, and the next step for whoever holds it."""
    invitation = invitations.find_invitation(key)
    reason = invitations.why_shut(invitation)
    if invitation is None or reason:
        facts = {"reason": reason, "invitation": invitation}
        return render(
            request, "people/join_shut.html", facts, status=404 if not invitation else 410
        )
    person: Any = request.user
    if not person.is_authenticated:
        invitations.remember(request.session, invitation)
    context = {
        "invitation": invitation,
        "key": key,
        "is_meant": person.is_authenticated and invitations.is_meant_for(invitation, person),
    }
    return render(request, "people/join.html", context)


@require_POST
def join(request: HttpRequest, key: str) -> HttpResponse:
    """Take the place on the team."""
    person: Any = request.user
    invitation = invitations.find_invitation(key)
    try:
        if invitation is None:
            raise PeopleRefusal("This invitation is not known here.")
        membership = invitations.accept(invitation, person)
    except PeopleRefusal as refusal:
        messages.error(request, str(refusal))
        return redirect("join", key=key)
    request.session.pop(invitations.SESSION_KEY, None)
    request.session[SESSION_KEY] = membership.merchant_id
    messages.success(request, f"You are on the team of {membership.merchant}.")
    return redirect("home")


def _safe_next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else ""


def _with_next(address: str, wanted: str) -> str:
    return f"{address}?{urlencode({'next': wanted})}" if wanted else address


def _first_page() -> str:
    try:
        return reverse("welcome")
    except NoReverseMatch:
        return reverse("home")
