// The page of paying. The card is typed into a frame on the payment provider's own origin; what comes back is a
// token, never a number. The form is sent once.
const form = document.querySelector("form[data-pay]");
const busy = (on) => {
  for (const button of form.querySelectorAll("button.primary")) {
    button.ariaBusy = on ? "true" : null;
  }
};
const frame = () => form.querySelector(".method:has(input:checked) iframe[data-origin]") ?? form.querySelector("iframe[data-origin]");

form?.addEventListener("submit", (event) => {
  if (form.elements.token.value) return;
  event.preventDefault();
  if (form.dataset.waiting) return;
  form.dataset.waiting = "yes";
  busy(true);
  const fields = frame();
  fields.contentWindow.postMessage({ type: "portico.tokenise" }, fields.dataset.origin);
});

addEventListener("message", ({ data, origin, source }) => {
  const fields = [...document.querySelectorAll("iframe[data-origin]")].find((each) => each.contentWindow === source);
  if (!fields || origin !== fields.dataset.origin || typeof data !== "object" || data === null) return;
  if ((data.type === "ready" || data.type === "height") && Number.isFinite(data.height)) {
    fields.style.blockSize = `${Math.min(Math.max(data.height, 100), 1200)}px`;
  }
  if (data.type === "invalid") {
    delete form.dataset.waiting;
    busy(false);
    fields.focus();
  }
  if (data.type === "token" && form.dataset.waiting) {
    form.elements.token.value = data.token;
    form.submit();
  }
});

// A page shown again from the browser's memory must not send what it sent before.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) location.reload();
});
