"""The many customers beside the few that the story is about: made up of a name, a place and a buyer."""

from __future__ import annotations

from typing import Final

from portico.config.demo.cast import Company, Person
from portico.customers.actions.create import AddressDetails

# Name, town, state, postal code, country, currency, language; then the buyer's first and last name.
_SHORT: Final = (
    ("Alder & Ash Florists", "Tacoma", "WA", "98402", "US", "USD", "en", "Nora", "Whitfield"),
    ("Bayside Property Care", "Everett", "WA", "98201", "US", "USD", "en", "Tom", "Adeyemi"),
    ("Birchwood School District", "Olympia", "WA", "98501", "US", "USD", "en", "Carla", "Mendes"),
    ("Blue Heron Landscaping", "Bellingham", "WA", "98225", "US", "USD", "en", "Wes", "Harlan"),
    ("Cascade Cemetery Trust", "Yakima", "WA", "98901", "US", "USD", "en", "June", "Sato"),
    ("Cedar Court Apartments", "Spokane", "WA", "99201", "US", "USD", "en", "Dmitri", "Volkov"),
    ("City of Marlowe Parks", "Marlowe", "OR", "97030", "US", "USD", "en", "Rosa", "Delgado"),
    ("Copper Kettle Inn", "Astoria", "OR", "97103", "US", "USD", "en", "Fiona", "Byrne"),
    ("Dogwood Nurseries", "Eugene", "OR", "97401", "US", "USD", "en", "Abel", "Crane"),
    ("Elm Street Hardware", "Boise", "ID", "83702", "US", "USD", "en", "Pat", "Lowry"),
    ("Evergreen Senior Living", "Redmond", "WA", "98052", "US", "USD", "en", "Imani", "Brooks"),
    ("Fernhill Golf Club", "Gresham", "OR", "97080", "US", "USD", "en", "Colin", "Marsh"),
    ("Foxglove Events", "Kirkland", "WA", "98033", "US", "USD", "en", "Petra", "Novak"),
    ("Glasshouse Café", "Ballard", "WA", "98107", "US", "USD", "en", "Amélie", "Roux"),
    ("Granite Peak Lodge", "Leavenworth", "WA", "98826", "US", "USD", "en", "Sven", "Halvorsen"),
    ("Harvest Moon Farms", "Walla Walla", "WA", "99362", "US", "USD", "en", "Lupe", "Ortega"),
    ("Juniper Medical Group", "Bend", "OR", "97701", "US", "USD", "en", "Asha", "Raman"),
    ("Kestrel Aviation", "Renton", "WA", "98057", "US", "USD", "en", "Grant", "Oyelaran"),
    ("Lakeshore Community Garden", "Kenmore", "WA", "98028", "US", "USD", "en", "Minh", "Tran"),
    ("Maple Row Homeowners", "Issaquah", "WA", "98027", "US", "USD", "en", "Beth", "Kowalski"),
    ("Northgate Garden Centre", "Shoreline", "WA", "98133", "US", "USD", "en", "Hugo", "Lindgren"),
    ("Old Mill Brewery", "Hood River", "OR", "97031", "US", "USD", "en", "Erin", "Callahan"),
    ("Pinecrest Hotel Group", "Vancouver", "WA", "98660", "US", "USD", "en", "Omar", "Haddad"),
    ("Quarry Lane Stone", "Medford", "OR", "97501", "US", "USD", "en", "Dale", "Ferris"),
    ("Rosewood Weddings", "Salem", "OR", "97301", "US", "USD", "en", "Ivy", "Chambers"),
    ("Sagebrush Ranch Supply", "Pendleton", "OR", "97801", "US", "USD", "en", "Clay", "Whitehorse"),
    ("Seaview Retirement Trust", "Newport", "OR", "97365", "US", "USD", "en", "Ruth", "Abrams"),
    ("Thistle & Thyme Kitchen", "Portland", "OR", "97209", "US", "USD", "en", "Kenji", "Mori"),
    ("Gärtnerei Sonnenhof", "Konstanz", "", "78462", "DE", "EUR", "de", "Heike", "Brandt"),
    ("Jardins du Lac SARL", "Annecy", "", "74000", "FR", "EUR", "fr", "Luc", "Perrin"),
    ("Vivai Montebello Srl", "Bergamo", "", "24121", "IT", "EUR", "it", "Chiara", "Conti"),
    ("Hoveniersbedrijf De Linde", "Utrecht", "", "3511", "NL", "EUR", "nl", "Joost", "Bakker"),
    ("Viveros del Sur S.L.", "Málaga", "", "29001", "ES", "EUR", "es", "Inés", "Robles"),
    ("Zahrada Vltava s.r.o.", "Praha", "", "110 00", "CZ", "EUR", "en", "Jana", "Dvořáková"),
)
_TERMS: Final = ("Net 30", "Net 15", "Net 30", "Due on receipt")
_STREETS: Final = ("Main Street", "Station Road", "Mill Lane", "Park Avenue", "Orchard Way", "Bridge Street")


def _domain(name: str) -> str:
    plain = "".join(sign for sign in name.lower().split()[0] if sign.isascii() and sign.isalnum())
    return f"{plain or 'customer'}.example"


def _company(position: int) -> Company:
    name, town, state, code, country, currency, language, first, last = _SHORT[position]
    domain = _domain(name)
    at_home = country == "US"
    return Company(
        name,
        f"C-{1100 + position}",
        f"accounts@{domain}",
        f"+1 503 555 0{200 + position}" if at_home else "",
        currency,
        _TERMS[position % len(_TERMS)],
        AddressDetails(
            street=f"{12 + position * 7} {_STREETS[position % len(_STREETS)]}",
            city=town,
            state=state,
            postal_code=code,
            country=country,
        ),
        (
            Person(first, last, f"buyer{position}@{domain}", "Purchasing", invited=position % 3 == 0),
            Person("Accounts", "payable", f"ap{position}@{domain}"),
        ),
        tax_treatment="taxable" if at_home else "overseas",
        language=language,
        bank_payments=at_home and position % 4 == 0,
    )


NEIGHBOURS: Final = tuple(_company(position) for position in range(len(_SHORT)))
