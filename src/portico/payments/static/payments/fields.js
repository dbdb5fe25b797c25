// Inside the frame of a gateway's fields: speaks with the page of paying around it, so that a gateway's own script only
// has to make its fields and to turn them into a token. What is typed stays in here.
//
//   porticoFields.ready()                       its fields can be typed into
//   porticoFields.tokenise(async (charge) => …)  asked when the form is sent; gives { token, summary: { brand, last4 } },
//                                               or throws an Error whose message the customer reads.
//                                               charge: { amount: "60.00" or "", currency: "USD" } as the button says,
//                                               and save: whether the tick to keep it for later is set
//   porticoFields.changed((charge) => …)        told when the charge has changed; what is asked to be typed may follow it
//   porticoFields.problem("…")                  a sentence under the fields; empty takes it away
//   porticoFields.form, .data                   the form, and its data- attributes (kind, currency, amount, language, …)
//   porticoFields.colour("--ink")               a colour of the page's theme, as a gateway's script takes it
window.porticoFields = (() => {
  const form = document.getElementById("fields");
  const place = document.getElementById("problem");
  const tell = (message) => window.parent.postMessage(message, location.origin);
  const height = () => Math.ceil(document.body.getBoundingClientRect().height);
  let make = null;
  let follow = null;
  let busy = false;

  const problem = (message) => {
    place.textContent = message;
    place.hidden = !message;
  };

  const answer = async (charge) => {
    if (!make) throw new Error(form.dataset.loading);
    const made = await make(charge);
    if (!made?.token) throw new Error(form.dataset.unreachable);
    return made;
  };

  window.addEventListener("message", async ({ data, origin, source }) => {
    if (origin !== location.origin || source !== window.parent || busy) return;
    const charge = { amount: data?.amount ?? "", currency: data?.currency ?? "", save: data?.save === true };
    if (data?.type === "portico.charge") follow?.(charge);
    if (data?.type !== "portico.tokenise") return;
    busy = true;
    problem("");
    try {
      const { token, summary } = await answer(charge);
      tell({ type: "token", token, summary: summary ?? {} });
    } catch (error) {
      const message = error?.message || form.dataset.unreachable;
      problem(message);
      tell({ type: "invalid", message });
    }
    busy = false;
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  new ResizeObserver(() => tell({ type: "height", height: height() })).observe(document.body);

  return {
    form,
    data: form.dataset,
    problem,
    ready: () => tell({ type: "ready", height: height() }),
    tokenise: (how) => {
      make = how;
    },
    changed: (how) => {
      follow = how;
    },
    colour: (name) => {
      // Resolved by the browser to what every script reads: light-dark() and oklch() are not known everywhere.
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.color = `var(${name})`;
      const [, r, g, b] = drawn(getComputedStyle(probe).color);
      probe.remove();
      return `rgb(${r}, ${g}, ${b})`;
    },
  };

  function drawn(colour) {
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [colour, ...canvas.getImageData(0, 0, 1, 1).data];
  }
})();
