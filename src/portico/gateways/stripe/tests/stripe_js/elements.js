// The stand-in's fields, on Stripe's origin: what is typed goes from here to Stripe's API and nowhere else.
(() => {
  const { key, ...first } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
  const form = document.forms[0];
  const said = document.getElementById("error");
  const terms = document.getElementById("terms");
  const kind = first.allowedPaymentMethodTypes[0];
  let bank = null;
  // Whoever framed this made the Payment Element; nothing that is typed is in what it is told.
  const tell = (content) => parent.postMessage(content, "*");

  const draw = ({ appearance, setupFutureUsage }) => {
    const { colorText, colorBackground, colorPrimary, colorDanger, fontSizeBase } = appearance?.variables ?? {};
    const root = document.documentElement.style;
    for (const [name, value] of Object.entries({
      text: colorText, surface: colorBackground, primary: colorPrimary, danger: colorDanger, size: fontSizeBase,
    })) root.setProperty(`--${name}`, value);
    root.colorScheme = appearance?.theme === "night" ? "dark" : "light";
    terms.hidden = !setupFutureUsage;
    terms.textContent = "By providing your details, you allow Northwind to charge you for future payments.";
  };

  const wrong = () => {
    const missing = [...form.elements].find((each) => each.required && !each.value.trim());
    if (missing) return `${missing.closest("label").firstChild.textContent.trim()} is incomplete.`;
    if (kind === "us_bank_account" && !bank) return "Choose your bank.";
    return "";
  };

  const token = async ({ options }) => {
    const { number, expiry, cvc, country, postal_code, name, email, iban } = Object.fromEntries(new FormData(form));
    const body = new URLSearchParams({ key, "payment_method_data[type]": kind });
    const add = (where, values) =>
      Object.entries(values).forEach(([each, value]) => value && body.append(`payment_method_data[${where}][${each}]`, value));
    if (kind === "card") {
      const [exp_month, exp_year] = expiry.split("/").map((each) => each.trim());
      add("card", { number: number.replaceAll(" ", ""), exp_month, exp_year, cvc });
      add("billing_details][address", { country, postal_code });
    } else {
      add("billing_details", { name, email });
      add(kind, bank ? { routing_number: bank.routing, account_number: bank.account } : { iban });
    }
    if (options.setupFutureUsage) body.append("setup_future_usage", options.setupFutureUsage);
    body.append("client_context[mode]", options.mode);
    body.append("client_context[currency]", options.currency);
    const answer = await (await fetch("https://api.stripe.com/v1/confirmation_tokens", { method: "POST", body })).json();
    return answer.error ? { error: answer.error } : { confirmationToken: answer };
  };

  form.prepend(document.getElementById(kind).content);
  document.getElementById("choose")?.addEventListener("click", () => tell({ kind: "bank" }));
  new BroadcastChannel("bank").addEventListener("message", ({ data }) => {
    if (kind !== "us_bank_account") return;
    bank = data;
    document.getElementById("choose").textContent = `STRIPE TEST BANK •••• ${data.account.slice(-4)}`;
  });
  draw(first);
  addEventListener("message", async ({ source, data }) => {
    if (source !== parent) return;
    let answer = {};
    if (data.what === "options") draw(data.options);
    if (data.what === "submit") {
      answer = { error: wrong() };
      said.textContent = answer.error;
      said.hidden = !answer.error;
    }
    if (data.what === "token") answer = await token(data);
    tell({ answers: data.number, ...answer });
  });
  new ResizeObserver(() => tell({ kind: "height", height: Math.ceil(form.getBoundingClientRect().height) })).observe(form);
  tell({ kind: "ready" });
})();
