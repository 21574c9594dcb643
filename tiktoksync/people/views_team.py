"""The team: who is on it, what they may do, who is invited."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from tiktoksync.lib.secrets import UnreadableSecret, seal, unseal
from tiktoksync.people.forms import InviteForm, RoleForm
from tiktoksync.people.models import Invitation
from tiktoksync.people.services import invitations, team
from tiktoksync.people.services.letters import join_address, send_invitation
from tiktoksync.people.services.refusals import PeopleRefusal
from tiktoksync.shops.models import Membership, Merchant
from tiktoksync.web_access import MerchantRequest, merchant_page, owner_action

LINK = "invitation_link"
ROLE_ORDER = [Membership.Role.OWNER, Membership.Role.OPERATOR, Membership.Role.VIEWER]


@merchant_page
def show_team(request: MerchantRequest) -> HttpResponse:
    """Members with their roles, and invitations that wait for an answer."""
    members = list(request.merchant.memberships.select_related("user").order_by("user__username"))
    members.sort(key=lambda member: ROLE_ORDER.index(Membership.Role(member.role)))
    is_owner = request.membership.role == Membership.Role.OWNER
    context = {
        "members": members,
        "has_one_owner": sum(member.role == Membership.Role.OWNER for member in members) == 1,
        "invited": _open_invitations(request.merchant) if is_owner else (),
        "now": timezone.now(),
        "roles": Membership.Role.choices,
        "is_owner": is_owner,
        "form": InviteForm(),
        "link": _take_link(request),
    }
    return render(request, "people/team.html", context)


@owner_action
def invite(request: MerchantRequest) -> HttpResponse:
    """Ask somebody to join."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nobody was invited: give an e-mail address and a role.")
        return redirect("settings-team")
    try:
        invitation, key = invitations.invite(
            request.merchant, form.cleaned_data["email"], form.cleaned_data["role"], request.user
        )
    except PeopleRefusal as refusal:
        messages.error(request, str(refusal))
    else:
        _hand_over(request, invitation, key)
    return redirect("settings-team")


@owner_action
def send_again(request: MerchantRequest, invitation_id: int) -> HttpResponse:
    """A new letter with a new key."""
    invitation = _invitation(request, invitation_id)
    try:
        key = invitations.renew(invitation, request.user)
    except PeopleRefusal as refusal:
        messages.error(request, str(refusal))
    else:
        _hand_over(request, Invitation.objects.get(pk=invitation.pk), key)
    return redirect("settings-team")


@owner_action
def take_back(request: MerchantRequest, invitation_id: int) -> HttpResponse:
    """Shut an invitation."""
    invitation = _invitation(request, invitation_id)
    invitations.revoke(invitation, request.user)
    messages.success(request, f"The invitation to {invitation.email} opens nothing any more.")
    return redirect("settings-team")


@owner_action
def change_role(request: MerchantRequest, membership_id: int) -> HttpResponse:
    """Let a member do more or less."""
    member = _member(request, membership_id)
    form = RoleForm(request.POST)
    try:
        if not form.is_valid():
            raise PeopleRefusal("Choose one of the three roles.")
        if team.change_role(member, form.cleaned_data["role"], request.user):
            messages.success(request, f"Changed the role of {member.user}.")
    except PeopleRefusal as refusal:
        messages.error(request, str(refusal))
    return redirect("settings-team")


@owner_action
def remove_member(request: MerchantRequest, membership_id: int) -> HttpResponse:
    """Take somebody off the team."""
    member = _member(request, membership_id)
    try:
        team.remove_member(member, request.user)
    except PeopleRefusal as refusal:
        messages.error(request, str(refusal))
        return redirect("settings-team")
    messages.success(request, f"{member.user} is no longer on the team.")
    return redirect("home" if member.user_id == request.user.pk else "settings-team")


def _hand_over(request: MerchantRequest, invitation: Invitation, key: str) -> None:
    """Send the letter, and show its link once: not every installation has a mail server."""
    if send_invitation(invitation, key):
        messages.success(request, f"A letter to {invitation.email} is on its way.")
    else:
        messages.error(request, "The mail server did not take the letter. Hand over the link.")
    # Sessions are not encrypted, so the link is.
    request.session[LINK] = seal(join_address(key))


def _take_link(request: MerchantRequest) -> str:
    sealed = request.session.pop(LINK, "")
    try:
        return unseal(sealed) if sealed else ""
    except UnreadableSecret:
        return ""


def _open_invitations(merchant: Merchant) -> list[Invitation]:
    return list(
        merchant.invitations.filter(accepted_at=None, revoked_at=None).select_related("invited_by")
    )


def _invitation(request: MerchantRequest, invitation_id: int) -> Invitation:
    return get_object_or_404(Invitation, pk=invitation_id, merchant=request.merchant)


def _member(request: MerchantRequest, membership_id: int) -> Membership:
    members = Membership.objects.select_related("user")
    return get_object_or_404(members, pk=membership_id, merchant=request.merchant)
