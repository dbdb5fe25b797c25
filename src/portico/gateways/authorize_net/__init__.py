"""Authorize.Net over its JSON API: cards and eChecks, saved methods, refunds and voids, batches as payouts.

Which of its ways to take a card: **Accept.js with its hosted form** (AcceptUI). The number is typed in a page of
Authorize.Net's inside a frame, and comes back as a nonce that is good once, for fifteen minutes. Accept.js with fields
of our own would put the number into a page of ours (SAQ A-EP instead of SAQ A). Accept Hosted, the whole page of
theirs, charges in the customer's browser by itself, so nothing could be committed between agreeing and charging, and
a page that died would leave nothing that our second step could stop.

Why not the official package `authorizenet`: it builds XML through PyXB, which is not kept up any more, carries no
types, and hides the answer behind generated classes. What is needed is a dozen requests, sent by httpx.

What keeps a payment from being charged twice, though the API knows no idempotency keys:

1. The attempt is claimed once in our database (created → submitted), and its reference is committed before anything is
   sent. The reference is made of the attempt's id (`numbers.py`) and travels as the transaction's invoice number.
2. Before anything is sent, the lists of transactions are searched for that number; what is there is gone on with.
3. A card is authorised only by the first `confirm` (READY) and captured by the second. A second authorisation takes no
   money: of several the oldest is captured, always the same one, and the others are voided. An authorisation that is
   captured already cannot be captured again.
4. An eCheck cannot be authorised first, so its sending is decided at Authorize.Net: whoever makes the customer profile
   with the payment's number as merchantCustomerId is the one that may send, since a second one with the same values is
   refused as a duplicate (E00039). `cancel` makes the same one, so either the debit is sent or it is called off, never
   both (`notes.py`). Whoever finds that another was to send, and finds no debit, does not know, and never sends; after
   LAG, when no sender can be alive and the lists have caught up, the debit was not sent and is over.
5. `duplicateWindow` refuses the same account, amount and invoice number for eight hours.
6. A nonce is good once.

A refund has the same: its key is searched for, and one sender is decided by a note of its own. A void repeats itself
without harm.
"""
