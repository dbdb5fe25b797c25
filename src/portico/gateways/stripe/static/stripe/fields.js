// Stripe's fields in a page of ours: the Payment Element, made before there is a payment (a “deferred intent”), and a
// confirmation token of what was typed into it. https://docs.stripe.com/payments/finalize-payments-on-the-server
(() => {
  const { data, ready, tokenise, changed, problem, colour } = porticoFields;
  const dark = data.theme === "dark" || (!data.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  const place = document.getElementById("stripe");
  const summary = (known) => ({ brand: known?.brand ?? known?.bank_name ?? "", last4: known?.last4 ?? "" });

  // Tests have a stand-in for Stripe's script that knows the older card Element only; Stripe takes its tokens as well.
  const olderCard = (stripe) => {
    const card = stripe.elements().create("card", {});
    card.mount(place);
    tokenise(async () => {
      const { error, token } = await stripe.createToken(card);
      if (error) throw new Error(error.message);
      return { token: token.id, summary: summary(token.card) };
    });
    ready();
  };

  // "60.00" as Stripe counts it: 6000. No float comes near it.
  const units = (amount) => {
    const [whole, part = ""] = amount.split(".");
    const digits = Number(data.digits);
    return Number(whole + part.padEnd(digits, "0").slice(0, digits));
  };

  // What the Element is made for must be what the server asks Stripe to confirm, whether it is kept included.
  const intent = ({ amount, currency, save }) =>
    amount
      ? {
          mode: "payment",
          amount: units(amount),
          currency: currency.toLowerCase(),
          setupFutureUsage: save ? "off_session" : null,
        }
      : { mode: "setup", currency: currency.toLowerCase(), setupFutureUsage: "off_session" };

  const paymentElement = (stripe) => {
    let made = intent(data);
    let updated = null;
    const elements = stripe.elements({
      ...made,
      allowedPaymentMethodTypes: [data.method],
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
    const follow = (charge) => {
      const now = charge.amount && units(charge.amount) > 0 ? intent(charge) : made;
      if (JSON.stringify(now) !== JSON.stringify(made)) updated = elements.update(now);
      made = now;
    };
    const payment = elements.create("payment", {
      layout: "tabs",
      wallets: { applePay: "never", googlePay: "never", link: "never" },
    });
    payment.on("ready", ready);
    payment.on("loaderror", ({ error }) => problem(error?.message || data.unreachable));
    payment.mount(place);
    changed(follow);
    tokenise(async (charge) => {
      follow(charge);
      await updated;
      const checked = await elements.submit();
      if (checked.error) throw new Error(checked.error.message);
      const { error, confirmationToken } = await stripe.createConfirmationToken({ elements });
      if (error) throw new Error(error.message);
      const shown = confirmationToken.payment_method_preview;
      return { token: confirmationToken.id, summary: summary(shown?.[shown?.type]) };
    });
  };

  // Stripe lays windows of its own over this page, such as the one in which a bank is chosen and signed into. This page
  // is only as high as its fields, so it grows while there is one.
  const lies = (frame) => {
    const { width, height } = frame.getBoundingClientRect();
    const seen = frame.checkVisibility?.({ visibilityProperty: true }) ?? true;
    return seen && !place.contains(frame) && width > innerWidth / 2 && height > 40;
  };
  const grow = () => document.body.classList.toggle("is-covered", [...document.querySelectorAll("iframe")].some(lies));
  new MutationObserver(grow).observe(document.body, {
    subtree: true,
    childList: true,
    attributeFilter: ["style", "class", "hidden"],
  });

  try {
    const stripe = Stripe(data.key, { locale: data.locale });
    (stripe.createConfirmationToken ? paymentElement : olderCard)(stripe);
  } catch (error) {
    // The script did not come, or Stripe refuses what it is given (its words are for those who made this page).
    console.error(error);
    problem(data.unreachable);
    ready();
  }
})();
