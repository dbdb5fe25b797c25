// Authorize.Net's hosted form gives a nonce that is good once, for fifteen minutes; the page around sends it.
(() => {
  const GOOD_FOR = 14 * 60 * 1000;
  const { data, problem, ready, tokenise } = window.porticoFields;
  const button = document.getElementById("open");
  const typed = document.getElementById("typed");
  const ending = document.getElementById("ending");
  let kept = null;
  let waiting = null;

  const forget = () => {
    kept = null;
    typed.hidden = true;
  };

  const settle = (how, value) => {
    const before = waiting;
    waiting = null;
    before?.[how](value);
  };

  // AcceptUI calls it by this name, which its button gives.
  window.authorizeNetAnswered = (answer) => {
    if (answer.messages?.resultCode !== "Ok" || !answer.opaqueData?.dataValue) {
      const message = answer.messages?.message?.[0]?.text || data.unreachable;
      problem(message);
      settle("reject", new Error(message));
      return;
    }
    const shown = answer.encryptedCardData?.cardNumber || "";
    kept = { token: answer.opaqueData.dataValue, summary: { last4: shown.slice(-4) }, at: Date.now() };
    problem("");
    ending.textContent = shown ? `•••• ${shown.slice(-4)}` : "✓";
    typed.hidden = false;
    settle("resolve", kept);
  };

  // The form was closed without an answer: AcceptUI says so to this window.
  window.addEventListener("message", ({ origin, data: said }) => {
    if (origin === new URL(document.querySelector("script[charset]").src).origin && said?.type === "CLOSE_IFRAME") {
      settle("reject", new Error(data.closed));
    }
  });

  tokenise(async () => {
    if (kept && Date.now() - kept.at > GOOD_FOR) {
      forget();
      throw new Error(data.lapsed);
    }
    if (!kept) {
      settle("reject", new Error(data.closed)); // one that waited from before
      const asked = new Promise((resolve, reject) => {
        waiting = { resolve, reject };
      });
      button.click();
      await asked;
    }
    const { token, summary } = kept;
    forget(); // it is good once
    return { token, summary };
  });
  ready();
})();
