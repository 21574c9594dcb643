"""Addresses of the people pages."""

from django.urls import path

from tiktoksync.people import views, views_team

urlpatterns = [
    path("merchant/new/", views.name_merchant, name="merchant-new"),
    path("join/<str:key>/", views.show_invitation, name="join"),
    path("join/<str:key>/accept/", views.join, name="join-accept"),
    path("settings/team/", views_team.show_team, name="settings-team"),
    path("settings/team/invite/", views_team.invite, name="team-invite"),
    path(
        "settings/team/invitations/<int:invitation_id>/send/",
        views_team.send_again,
        name="team-send-again",
    ),
    path(
        "settings/team/invitations/<int:invitation_id>/take-back/",
        views_team.take_back,
        name="team-take-back",
    ),
    path("settings/team/<int:membership_id>/role/", views_team.change_role, name="team-role"),
    path("settings/team/<int:membership_id>/remove/", views_team.remove_member, name="team-remove"),
]
