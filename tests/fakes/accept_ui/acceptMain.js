// The stand-in's form, on Authorize.Net's origin: it sends what is typed to its API for a nonce, and gives that on.
(() => {
  const form = document.forms[0];
  const tell = (type, pktData = {}) => parent.postMessage({ verifyOrigin: "AcceptMain", type, pktData }, "*");
  let asked = {};

  addEventListener("message", ({ source, data }) => {
    if (source !== parent || data?.verifyOrigin !== "AcceptUI" || data.type !== "INIT") return;
    asked = data.pktData;
    const options = JSON.parse(asked.paymentoptions);
    form.querySelector("h1").textContent = asked.acceptuiformheadertxt;
    form.querySelector("#send").textContent = asked.acceptuiformbtntxt;
    for (const [id, shown] of [
      ["creditCard", options.showCreditCard],
      ["bankAccount", options.showBankAccount],
      ["billing", JSON.parse(asked.billingaddressoptions).show],
    ]) {
      document.getElementById(id).hidden = !shown;
      document.getElementById(id).disabled = !shown;
    }
  });
  document.getElementById("close").addEventListener("click", () => tell("CLOSE_IFRAME"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { cardNumber, expiry, cardCode, nameOnAccount, routingNumber, accountNumber, zip } = Object.fromEntries(new FormData(form));
    const token = cardNumber
      ? { cardNumber: cardNumber.replaceAll(" ", ""), expirationDate: expiry.replace("/", ""), cardCode, zip }
      : { bankAccount: { accountType: "checking", routingNumber, accountNumber, nameOnAccount } };
    const body = JSON.stringify({
      securePaymentContainerRequest: {
        merchantAuthentication: { name: asked.apiloginid, clientKey: asked.clientkey },
        data: { type: "TOKEN", id: crypto.randomUUID(), token },
      },
    });
    const answer = await (await fetch("/xml/v1/request.api", { method: "POST", body })).json();
    if (cardNumber) answer.encryptedCardData = { cardNumber: `XXXXXXXXXXXX${cardNumber.slice(-4)}`, expDate: expiry };
    tell("RESPONSE", answer);
  });
  tell("ACK");
})();
