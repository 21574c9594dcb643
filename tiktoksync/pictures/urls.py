"""Addresses of pictures' copies."""

from django.urls import path

from tiktoksync.pictures import views

urlpatterns = [path("pictures/<str:signed>/", views.show_picture, name="picture")]
