"""Addresses of comments and reviews."""

from __future__ import annotations

from django.urls import path

from portico.comments.views import conversations, reviews

urlpatterns = [
    path("conversations/", conversations.all_of_them, name="conversations"),
    path("conversations/<slug:kind>/<uuid:document_id>/", conversations.conversation, name="conversation"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("reviews/<slug:kind>/<uuid:document_id>/", reviews.review, name="review"),
]
