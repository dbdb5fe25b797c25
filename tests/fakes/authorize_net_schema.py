"""The order of members in requests to Authorize.Net, as its AnetApiSchema.xsd has them: the JSON is XML underneath."""

from __future__ import annotations

from typing import Any, Final

_ADDRESS: Final = dict.fromkeys(("firstName", "lastName", "company", "address", "city", "state", "zip", "country", "phoneNumber", "faxNumber", "email"))  # fmt: skip
_PAYMENT: Final[dict[str, Any]] = {
    "creditCard": {"cardNumber": None, "expirationDate": None, "cardCode": None},
    "bankAccount": {
        "accountType": None, "routingNumber": None, "accountNumber": None, "nameOnAccount": None,
        "echeckType": None, "bankName": None, "checkNumber": None,
    },
    "trackData": None, "encryptedTrackData": None, "payPal": None,
    "opaqueData": {"dataDescriptor": None, "dataValue": None, "dataKey": None},
}  # fmt: skip
_PAYMENT_PROFILE: Final[dict[str, Any]] = {
    "customerType": None, "billTo": _ADDRESS, "payment": _PAYMENT, "driversLicense": None, "taxId": None,
    "defaultPaymentProfile": None,
}  # fmt: skip
_SORTED: Final[dict[str, Any]] = {
    "sorting": {"orderBy": None, "orderDescending": None},
    "paging": {"limit": None, "offset": None},
}
_TRANSACTION: Final[dict[str, Any]] = {
    "transactionType": None, "amount": None, "currencyCode": None, "payment": _PAYMENT,
    "profile": {
        "createProfile": None, "customerProfileId": None,
        "paymentProfile": {"paymentProfileId": None, "cardCode": None}, "shippingProfileId": None,
    },
    "solution": None, "callId": None, "terminalNumber": None, "authCode": None, "refTransId": None,
    "splitTenderId": None, "order": {"invoiceNumber": None, "description": None}, "lineItems": None,
    "tax": None, "duty": None, "shipping": None, "taxExempt": None, "poNumber": None,
    "customer": {"type": None, "id": None, "email": None}, "billTo": _ADDRESS, "shipTo": _ADDRESS,
    "customerIP": None, "cardholderAuthentication": None, "retail": None, "employeeId": None,
    "transactionSettings": {"setting": {"settingName": None, "settingValue": None}}, "userFields": None,
    "userField": None, "surcharge": None, "merchantDescriptor": None, "subMerchant": None, "tip": None,
    "processingOptions": {
        "isFirstRecurringPayment": None, "isFirstSubsequentAuth": None, "isSubsequentAuth": None,
        "isStoredCredentials": None,
    },
    "subsequentAuthInformation": None,
}  # fmt: skip
REQUESTS: Final[dict[str, dict[str, Any]]] = {
    "createTransaction": {"transactionRequest": _TRANSACTION},
    "createCustomerProfile": {
        "profile": {
            "merchantCustomerId": None, "description": None, "email": None,
            "paymentProfiles": _PAYMENT_PROFILE, "shipToList": _ADDRESS, "profileType": None,
        },
        "validationMode": None,
    },
    "getCustomerProfile": {
        "customerProfileId": None, "merchantCustomerId": None, "email": None, "unmaskExpirationDate": None,
    },
    "createCustomerShippingAddress": {
        "customerProfileId": None, "address": _ADDRESS, "defaultShippingAddress": None,
    },
    "createCustomerPaymentProfile": {
        "customerProfileId": None, "paymentProfile": _PAYMENT_PROFILE, "validationMode": None,
    },
    "getCustomerPaymentProfile": {
        "customerProfileId": None, "customerPaymentProfileId": None, "unmaskExpirationDate": None,
    },
    "deleteCustomerPaymentProfile": {"customerProfileId": None, "customerPaymentProfileId": None},
    "getTransactionDetails": {"transId": None},
    "getUnsettledTransactionList": {"status": None, **_SORTED},
    "getTransactionList": {"batchId": None, **_SORTED},
    "getSettledBatchList": {
        "includeStatistics": None, "firstSettlementDate": None, "lastSettlementDate": None,
    },
    "getMerchantDetails": {},
}  # fmt: skip
LENGTHS: Final = {"invoiceNumber": 20, "merchantCustomerId": 20, "description": 255, "company": 50, "address": 60,
                  "city": 40, "firstName": 50, "lastName": 50, "cardNumber": 16}  # fmt: skip


def problem(content: Any, schema: dict[str, Any], at: str = "request") -> str:
    """What a parser of XML would say: an unknown member, one out of order, a text too long; empty when all is well."""
    if isinstance(content, list):
        return next((found for each in content if (found := problem(each, schema, at))), "")
    if not isinstance(content, dict):
        return f"The element '{at}' has invalid content."
    places = list(schema)
    last = -1
    for name, value in content.items():
        if name not in schema or places.index(name) < last:
            return f"The element '{at}' has invalid child element '{name}'."
        last = places.index(name)
        if schema[name] is not None and (found := problem(value, schema[name], name)):
            return found
        if schema[name] is None and (
            isinstance(value, dict | list) or len(str(value)) > LENGTHS.get(name, 999)
        ):
            return f"The '{name}' element is invalid."
    return ""
