# SPDX-License-Identifier: GPL-3.0-or-later
"""The letters of the night in English."""

from __future__ import annotations

from bot.sandbox.night.cast import Customer

ENGLISH = (
    Customer(
        "en", "Rosa Whitfield", "rosa.whitfield@harbourlines.example",
        "The portal is down, trucks are waiting",
        "Good evening,\n\nnobody at the terminal can log in since ten past nine. Four trucks stand "
        "at gate 2\nbecause we cannot print their papers. Is there a way to get them without the "
        "portal?\n\nRosa Whitfield\nNight dispatch",
        later="It went away again while I was printing. Two of the four trucks have left, the "
        "others\nstill need their papers.\n\nRosa",
        answer="Hello Rosa, the papers can be printed from the copy on your terminal: menu "
        "Documents, then Last synced. We are working on the portal. Ada",
        thanks="That did it for two of them, thank you Ada! I will call if the others do not "
        "work.\n\nRosa",
    ),
    Customer(
        "en", "Tom Okafor", "t.okafor@harbourlines.example",
        "Customs export fails with error 5031",
        "Hi,\n\nthe customs export fails with error 5031 for every shipment we try. The deadline "
        "for the\nmorning ferry is 04:30.\n\nThanks,\nTom Okafor",
        answer="Hello Tom, please send the list by mail to customs as on 14 February; we file the "
        "export for you as soon as the portal is back. Bo",
        to_both=True,
    ),
    Customer(
        "en", "Mary Jane Polk", "mjpolk@maplecounty.example",
        "Attendance report for tomorrow",
        "Hello,\n\nhow do I get the attendance report when the site does not open? The board meets "
        "at eight\nin the morning and I promised it to them.\n\nMary Jane Polk\nMaple County "
        "Schools",
        again="I forgot to say which one: the report by school for last month, not the yearly "
        "one.\n\nMary Jane",
    ),
    Customer(
        "en", "Deepak Rao", "deepak.rao@maplecounty.example",
        "Single sign-on loops",
        "Hi support,\n\nour teachers are sent round in circles between our sign-on page and yours. "
        "It began\naround 21:10, nothing was changed on our side.\n\nDeepak",
        again="Update: it is the same from a mobile network, so it is not our firewall.\n\nDeepak",
        comes_twice=True,
    ),
    Customer(
        "en", "Gwen Hollis", "gwen@hollis-bakery.example",
        "Wrong amount on my invoice",
        "Dear team,\n\nthe invoice of February says 240.00 but we agreed on 204.00. I suppose the "
        "digits were\nswapped. Could you send me a corrected one?\n\nKind regards\nGwen Hollis",
    ),
    Customer(
        "en", "Priya Nair", "priya.nair@quaylogistics.example",
        "API answers 503",
        "Hello,\n\nall our calls of your API answer 503 since 21:08 UTC, from two data centres. We "
        "queue\nour orders for now. Please tell us when we may send them.\n\nPriya Nair",
        again="Our queue holds 1,900 orders now. May we send them all at once afterwards, or "
        "slowly?\n\nPriya",
        to_both=True,
    ),
    Customer(
        "en", "Alun Price", "alun@pricevets.example",
        "Not urgent: dark colours",
        "Hi,\n\njust a wish while I am waiting for the page to load: could you add dark colours? "
        "We look\nafter animals at night and the screen is very bright.\n\nAlun",
    ),
    Customer(
        "en", "Siobhan Kerr", "siobhan.kerr@kerr-events.example",
        "Tickets for tonight are not scanned",
        "We have 300 guests at the door and the scanner says \"no connection\". What can we do? "
        "Please\nhelp us, it is very urgent.\n\nSiobhan Kerr, +44 20 7946 0991",
    ),
)  # fmt: skip
