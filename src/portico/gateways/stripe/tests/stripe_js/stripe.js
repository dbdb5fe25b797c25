// A stand-in for Stripe.js, written from the types that Stripe publishes of it (stripe/stripe-js, types/): as much as the
// page of fields calls, and strict about it, as of the release “Endive”. What that does not know is refused with an IntegrationError.
(() => {
  class IntegrationError extends Error {
    name = "IntegrationError";
  }
  const origin = new URL(document.currentScript.src).origin;

  const text = (given) => typeof given === "string";
  const flag = (given) => typeof given === "boolean";
  const count = (given) => Number.isSafeInteger(given) && given > 0;
  const texts = (given) => Array.isArray(given) && given.length > 0 && given.every(text);
  const one = (...known) => (given) => known.includes(given);
  const shape = (known) => (given, where) => {
    if (typeof given !== "object" || given === null || Array.isArray(given)) return false;
    for (const [name, value] of Object.entries(given)) {
      const fits = known[name];
      if (!fits) throw new IntegrationError(`${where}: unknown option "${name}".`);
      if (value !== undefined && !fits(value, `${where}.${name}`)) {
        throw new IntegrationError(`${where}.${name}: ${JSON.stringify(value)} is not allowed.`);
      }
    }
    return true;
  };
  const colour = (given) => text(given) && (CSS.supports("color", given) || false) && /^(#|rgb|hsl)/.test(given);
  const LOCALES = (
    "auto ar bg cs da de el en en-AU en-CA en-NZ en-GB es es-ES es-419 et fi fil fr fr-CA fr-FR he hu hr id it it-IT ja ko " +
    "lt lv ms mt nb nl no pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW"
  ).split(" ");
  const locale = one(...LOCALES);
  const appearance = shape({
    disableAnimations: flag,
    theme: one("stripe", "night", "flat"),
    labels: one("auto", "above", "floating"),
    inputs: one("spaced", "condensed"),
    variables: shape({
      fontFamily: text, fontSizeBase: text, fontSizeSm: text, spacingUnit: text, borderRadius: text,
      colorPrimary: colour, colorBackground: colour, colorText: colour, colorSuccess: colour, colorDanger: colour,
      colorWarning: colour, colorTextSecondary: colour, colorTextPlaceholder: colour,
    }),
  });
  const changeable = {
    locale,
    appearance,
    mode: one("payment", "setup", "subscription"),
    currency: (given) => /^[a-z]{3}$/.test(given),
    amount: count,
    setupFutureUsage: one("off_session", "on_session", null),
    captureMethod: one("manual", "automatic", "automatic_async"),
    onBehalfOf: text,
  };
  const GROUP = shape({
    ...changeable,
    allowedPaymentMethodTypes: texts,
    loader: one("auto", "always", "never"),
    paymentMethodCreation: one("manual"),
    paymentMethodOptions: shape({ us_bank_account: shape({ verification_method: one("automatic", "instant") }) }),
  });
  const UPDATE = shape(changeable);
  const wallet = one("auto", "never");
  const PAYMENT = shape({
    layout: (given, where) =>
      one("tabs", "accordion", "auto")(given) ||
      shape({ type: one("tabs", "accordion", "auto"), defaultCollapsed: flag, radios: text })(given, where),
    wallets: shape({ applePay: wallet, googlePay: wallet, link: wallet }),
    business: shape({ name: text }),
    readOnly: flag,
    paymentMethodOrder: texts,
  });
  const whole = (options) => {
    if (!options.mode) throw new IntegrationError("elements(): mode or clientSecret is needed.");
    if (options.mode !== "setup" && !(options.amount && options.currency)) {
      throw new IntegrationError("elements(): an amount and a currency are needed.");
    }
  };

  // One frame of Stripe's: it is asked by messages with a number, and answers with the same.
  const frameOf = (page, asked, heard) => {
    const frame = document.createElement("iframe");
    const waiting = new Map();
    let last = 0;
    frame.src = `${origin}/v3/${page}.html#${encodeURIComponent(JSON.stringify(asked))}`;
    frame.title = page === "bank" ? "Bank account window" : "Secure payment input frame";
    frame.style.border = "0";
    window.addEventListener("message", ({ source, origin: from, data }) => {
      if (source !== frame.contentWindow || from !== origin) return;
      if (data.answers) waiting.get(data.answers)?.(data);
      else heard(data);
    });
    const ask = (what, content = {}) =>
      new Promise((done) => {
        waiting.set(++last, done);
        frame.contentWindow.postMessage({ what, number: last, ...content }, origin);
      });
    return { frame, ask };
  };

  const paymentElement = (group) => {
    const listeners = {};
    const say = (kind, more = {}) => (listeners[kind] ?? []).forEach((each) => each({ elementType: "payment", ...more }));
    let card = null;
    const bank = () => {
      const over = frameOf("bank", {}, () => over.frame.remove());
      Object.assign(over.frame.style, { position: "fixed", inset: "0", width: "100%", height: "100%", zIndex: "2147483647" });
      document.body.append(over.frame);
    };
    return {
      on(kind, how) {
        if (!["ready", "change", "focus", "blur", "escape", "loaderror", "loaderstart"].includes(kind)) {
          throw new IntegrationError(`"${kind}" is no event of the Payment Element.`);
        }
        (listeners[kind] ??= []).push(how);
        return this;
      },
      mount(where) {
        const place = text(where) ? document.querySelector(where) : where;
        if (!(place instanceof Element)) throw new IntegrationError("mount(): there is no such element.");
        card = frameOf("elements", { key: group.key, ...group.options }, ({ kind, height }) => {
          if (height) card.frame.style.height = `${height}px`;
          if (kind === "ready") say("ready");
          if (kind === "bank") bank();
        });
        Object.assign(card.frame.style, { width: "100%", height: "1px", display: "block", colorScheme: "normal" });
        place.append(card.frame);
      },
      ask: (...what) => {
        if (!card) throw new IntegrationError("The Payment Element is not mounted.");
        return card.ask(...what);
      },
    };
  };

  window.Stripe = (key, options = {}) => {
    if (!/^pk_(test|live)_/.test(key)) throw new IntegrationError("This is no publishable key.");
    shape({ locale, stripeAccount: text, apiVersion: text, betas: Array.isArray })(options, "Stripe()");
    const groups = new WeakMap();
    return {
      elements(given) {
        GROUP(given, "elements()");
        whole(given);
        const group = { key, options: { ...given }, element: null, submitted: false };
        const made = {
          create(kind, more = {}) {
            if (kind !== "payment" || group.element) throw new IntegrationError(`create(): no “${kind}” here.`);
            PAYMENT(more, "create()");
            return (group.element = paymentElement(group));
          },
          async update(more) {
            UPDATE(more, "update()");
            group.options = { ...group.options, ...more };
            whole(group.options);
            group.submitted = false;
            await group.element?.ask("options", { options: group.options });
          },
          async submit() {
            const { error } = await group.element.ask("submit");
            group.submitted = !error;
            return error ? { error: { type: "validation_error", message: error } } : { selectedPaymentMethod: group.options.allowedPaymentMethodTypes[0] };
          },
        };
        groups.set(made, group);
        return made;
      },
      async createConfirmationToken(given) {
        shape({ elements: (each) => groups.has(each), params: shape({ return_url: text }) })(given, "createConfirmationToken()");
        const group = groups.get(given.elements);
        if (!group?.submitted) throw new IntegrationError("elements.submit() must be called before.");
        const { error, confirmationToken } = await group.element.ask("token", { options: group.options });
        return error ? { error } : { confirmationToken };
      },
    };
  };
})();
