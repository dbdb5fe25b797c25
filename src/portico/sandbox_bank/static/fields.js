// The hosted fields: checks what is typed, and hands the page around them a token and nothing else.
const form = document.getElementById("fields");
const { kind, parent: parentOrigin, tokens, language, noPostalCodes } = form.dataset;
const texts = JSON.parse(form.dataset.texts);
const inputs = [...form.elements].filter((element) => element.name);
let busy = false;

const tell = (message) => window.parent.postMessage(message, parentOrigin);
const height = () => Math.ceil(document.body.getBoundingClientRect().height);
const digits = (text) => text.replace(/\D/g, "");

function luhn(number) {
  let sum = 0;
  [...number].reverse().forEach((digit, place) => {
    const value = Number(digit) * (1 + (place % 2));
    sum += value > 9 ? value - 9 : value;
  });
  return number.length >= 12 && number.length <= 19 && sum % 10 === 0;
}

function expiryProblem(text) {
  const found = text.match(/^\s*(0?[1-9]|1[0-2])\s*\/?\s*(20\d\d|\d\d)\s*$/);
  if (!found) return "expiry_invalid";
  const end = new Date(Date.UTC(2000 + (Number(found[2]) % 100), Number(found[1]), 1));
  return end <= new Date() ? "expiry_past" : "";
}

// The bank checks everything again; these give their answer while one is still typing the next field.
const checks = {
  number: (value) => (luhn(digits(value)) ? "" : "number_invalid"),
  expiry: expiryProblem,
  cvc: (value) => (/^\d{3,4}$/.test(value) ? "" : "cvc_invalid"),
  postal_code: (value) =>
    form.elements.country.value !== "US" || /^\d{5}(-\d{4})?$/.test(value) ? "" : "postal_code_invalid",
  routing: (value) => {
    const sum = [...digits(value)].reduce((total, digit, place) => total + digit * [3, 7, 1][place % 3], 0);
    return digits(value).length === 9 && sum % 10 === 0 ? "" : "routing_invalid";
  },
  account: (value) => (/^\d{4,17}$/.test(digits(value)) ? "" : "account_invalid"),
};

function show(input, message) {
  const place = document.getElementById(`${input.name}-error`);
  place.textContent = message;
  place.hidden = !message;
  if (message) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

function judge(input) {
  const value = input.value.trim();
  if (value) return texts[checks[input.name]?.(value)] ?? "";
  const none = input.name === "postal_code" && noPostalCodes.split(" ").includes(form.elements.country.value);
  return none ? "" : texts[`${input.name}_missing`];
}

function group(text) {
  const number = digits(text).slice(0, 19);
  const pattern = /^3[47]/.test(number) ? /^(\d{1,4})(\d{1,6})?(\d{1,5})?.*/ : /(\d{1,4})/g;
  const parts = pattern.global ? number.match(pattern) : number.match(pattern)?.slice(1).filter(Boolean);
  return (parts ?? []).join(" ");
}

function slash(text) {
  const typed = digits(text);
  const number = /^[2-9]/.test(typed) ? `0${typed}` : typed;
  return number.length > 2 ? `${number.slice(0, 2)} / ${number.slice(2, 6)}` : number;
}

const shape = { number: group, expiry: slash, cvc: (text) => digits(text).slice(0, 4) };

form.addEventListener("input", ({ target }) => {
  // Only at the end of the line: elsewhere the caret would jump.
  const atEnd = target.selectionStart === target.value.length;
  if (shape[target.name] && atEnd) {
    const shaped = shape[target.name](target.value);
    if (shaped !== target.value) target.value = shaped;
  }
  if (target.getAttribute("aria-invalid")) show(target, judge(target));
});
form.addEventListener("focusout", ({ target }) => {
  if (target.name && target.value.trim()) show(target, judge(target));
});
form.addEventListener("submit", (event) => event.preventDefault());

function refuse(problems, message) {
  inputs.forEach((input) => show(input, problems[input.name] ?? ""));
  inputs.find((input) => problems[input.name])?.focus();
  tell({ type: "invalid", message });
}

async function ask() {
  const values = Object.fromEntries(inputs.map((input) => [input.name, input.value]));
  const answer = await fetch(tokens, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ kind, lang: language, ...values }),
    signal: AbortSignal.timeout(20000),
  });
  return [answer.ok, await answer.json()];
}

async function tokenise() {
  const problems = Object.fromEntries(inputs.map((input) => [input.name, judge(input)]).filter(([, text]) => text));
  if (Object.keys(problems).length) return refuse(problems, texts.fix);
  try {
    const [ok, answer] = await ask();
    if (ok) return tell({ type: "token", token: answer.token, summary: answer.summary });
    return refuse(answer.errors ?? {}, answer.detail ?? texts.unreachable);
  } catch {
    return refuse({}, texts.unreachable);
  }
}

window.addEventListener("message", async (event) => {
  if (event.origin !== parentOrigin || event.source !== window.parent) return;
  if (event.data?.type !== "portico.tokenise" || busy) return;
  busy = true;
  await tokenise();
  busy = false;
});

new ResizeObserver(() => tell({ type: "height", height: height() })).observe(document.body);
tell({ type: "ready", height: height() });
