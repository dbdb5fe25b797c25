// Stripe's fields in a page of ours: the Payment Element, made before there is a payment (a “deferred intent”), and a
// confirmation token of what was typed into it. https://docs.stripe.com/payments/finalize-payments-on-the-server
(() => {
  const { data, ready, tokenise, problem, colour } = porticoFields;
  const dark = data.theme === "dark" || (!data.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  const place = document.getElementById("stripe");
  if (typeof Stripe === "undefined") return problem(data.unreachable);
  const stripe = Stripe(data.key, { locale: data.language });
  const summary = (known) => ({ brand: known?.brand ?? known?.bank_name ?? "", last4: known?.last4 ?? "" });

  // Tests have a stand-in for Stripe's script that knows the older card Element only; Stripe takes its tokens as well.
  if (!stripe.createConfirmationToken) {
    const card = stripe.elements().create("card", {});
    card.mount(place);
    tokenise(async () => {
      const { error, token } = await stripe.createToken(card);
      if (error) throw new Error(error.message);
      return { token: token.id, summary: summary(token.card) };
    });
    return ready();
  }

  // "60.00" as Stripe counts it: 6000. No float comes near it.
  const units = (amount) => {
    const [whole, part = ""] = amount.split(".");
    const digits = Number(data.digits);
    return Number(whole + part.padEnd(digits, "0").slice(0, digits));
  };
  const intent = ({ amount, currency }) =>
    amount ? { mode: "payment", amount: units(amount), currency } : { mode: "setup", currency, setupFutureUsage: "off_session" };

  const wished = { amount: data.amount, currency: data.currency.toLowerCase() };
  const elements = stripe.elements({
    ...intent(wished),
    paymentMethodTypes: [data.method],
    appearance: {
      theme: dark ? "night" : "stripe",
      variables: {
        colorPrimary: colour("--accent"),
        colorText: colour("--ink"),
        colorBackground: colour("--surface"),
        colorDanger: colour("--bad"),
        fontSizeBase: "16px",
      },
    },
  });
  const payment = elements.create("payment", {
    layout: "tabs",
    wallets: { applePay: "never", googlePay: "never", link: "never" },
  });
  payment.on("ready", ready);
  payment.on("loaderror", ({ error }) => problem(error?.message || data.unreachable));
  payment.mount(place);
  tokenise(async ({ amount, currency }) => {
    if (wished.amount && amount) elements.update({ amount: units(amount), currency: currency.toLowerCase() });
    const checked = await elements.submit();
    if (checked.error) throw new Error(checked.error.message);
    const { error, confirmationToken } = await stripe.createConfirmationToken({ elements });
    if (error) throw new Error(error.message);
    const shown = confirmationToken.payment_method_preview;
    return { token: confirmationToken.id, summary: summary(shown?.[shown?.type]) };
  });
})();
