"""Addresses of one's own profile, the customer's details and its contact persons."""

from __future__ import annotations

from django.urls import path

from portico.profile.views import contacts, customer, data, own

urlpatterns = [
    path("profile/", own.profile, name="profile"),
    path("profile/reading/", own.reading, name="profile_reading"),
    path("profile/mails/", own.mails, name="profile_mails"),
    path("profile/data/", data.data, name="profile_data"),
    path("profile/data/download/", data.download, name="profile_data_download"),
    path("profile/data/erase/", data.erase, name="profile_erase"),
    path("profile/customer/", customer.details, name="profile_customer"),
    path("profile/contacts/", contacts.people, name="profile_contacts"),
    path("profile/contacts/new/", contacts.add, name="profile_contact_new"),
    path("profile/contacts/<uuid:person_id>/", contacts.edit, name="profile_contact"),
    path("profile/contacts/<uuid:person_id>/invite/", contacts.invite, name="profile_contact_invite"),
    path("profile/contacts/<uuid:person_id>/primary/", contacts.primary, name="profile_contact_primary"),
    path("profile/contacts/<uuid:person_id>/end/", contacts.end, name="profile_contact_end"),
    path("profile/contacts/<uuid:person_id>/remove/", contacts.remove, name="profile_contact_remove"),
]
