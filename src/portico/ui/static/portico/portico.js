// Enhancement only: every page works without this file.
{
  const root = document.documentElement;
  const on = (type, act) => document.addEventListener(type, act);

  // Selection in a list: the bar at its foot says how many rows are ticked and what they add up to.
  // <form data-pick="USD" data-pick-one="1 invoice" data-pick-many="%d invoices">, rows [name=pick][data-amount].
  // Without a currency, and for rows without an amount, only their number is said.
  const sumUp = (form) => {
    const boxes = [...form.querySelectorAll("[name=pick]:enabled")];
    const all = form.querySelector("[data-pick-all]");
    const picked = boxes.filter((box) => box.checked);
    const { pick, pickOne, pickMany } = form.dataset;
    const words = [picked.length === 1 ? pickOne : pickMany.replace("%d", picked.length)];
    const payable = picked.filter((box) => box.dataset.amount);
    if (pick && payable.length) {
      const money = new Intl.NumberFormat(root.lang, { style: "currency", currency: pick });
      const unit = 10 ** money.resolvedOptions().maximumFractionDigits;
      const units = payable.reduce((sum, box) => sum + Math.round(Number(box.dataset.amount) * unit), 0);
      words.push(money.format(units / unit));
    }
    const output = form.elements.sum;
    if (output) output.value = words.join(", ");
    if (all) {
      all.checked = boxes.length > 0 && picked.length === boxes.length;
      all.indeterminate = picked.length > 0 && !all.checked;
    }
  };
  on("change", ({ target }) => {
    const form = target.closest("form[data-pick]");
    if (form) {
      if (target.matches("[data-pick-all]")) {
        form.querySelectorAll("[name=pick]:enabled").forEach((box) => (box.checked = target.checked));
      }
      sumUp(form);
    }
    // A choice that changes what is shown needs no button: <select data-go>.
    if (target.matches("[data-go]")) target.form.requestSubmit();
  });
  on("reset", ({ target }) => target.matches("form[data-pick]") && setTimeout(sumUp, 0, target));

  // A form marked data-busy is not sent twice.
  const rest = (scope) => scope.querySelectorAll(".btn[aria-busy]").forEach((button) => (button.ariaBusy = null));
  on("submit", (event) => {
    if (!event.target.matches("[data-busy]")) return;
    if (event.target.querySelector(".btn[aria-busy=true]")) return event.preventDefault();
    if (event.submitter) event.submitter.ariaBusy = "true";
  });
  on("htmx:afterRequest", ({ target }) => rest(target));
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) rest(document);
    document.querySelectorAll("form[data-pick]").forEach(sumUp);
  });

  // Light or dark, at once; a cookie, so that the server prints the choice and the next page does not flash.
  const wear = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    document.cookie = `portico_theme=${theme}; path=/; max-age=${theme ? 31536000 : 0}; samesite=lax`;
  };
  on("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-theme-form]") || !event.submitter) return;
    event.preventDefault();
    wear(event.submitter.value);
    form.querySelectorAll("button").forEach((button) => (button.ariaPressed = String(button === event.submitter)));
    const body = new FormData(form, event.submitter);
    fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
  });

  on("click", ({ target }) => {
    const hit = (selector) => target.closest(selector);
    if (hit("[data-print]")) print();
    if (hit("[data-back]")) history.back();
    hit("[data-dismiss]")?.closest(".banner, .toast")?.remove();
    if (hit("[data-theme-toggle]")) {
      const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
      wear((root.dataset.theme || system) === "dark" ? "light" : "dark");
    }
    // Browsers without invoker commands.
    const invoker = hit("[commandfor]");
    if (!invoker || "command" in invoker) return;
    const dialog = document.getElementById(invoker.getAttribute("commandfor"));
    if (invoker.getAttribute("command") === "close") dialog.close();
    else dialog.showModal();
  });

  // <input data-find="#list">: only the list's entries that contain what is typed are shown.
  on("input", ({ target }) => {
    if (!target.matches("[data-find]")) return;
    const wanted = target.value.trim().toLocaleLowerCase();
    for (const entry of document.querySelectorAll(`${target.dataset.find} > li`)) {
      entry.hidden = !entry.textContent.toLocaleLowerCase().includes(wanted);
    }
  });
  on("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[data-find]")) {
      event.preventDefault();
      document.querySelector(`${event.target.dataset.find} > li:not([hidden]) button`)?.click();
    }
  });

  // <textarea data-send>: Ctrl or Command with Enter sends its form.
  on("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("[data-send]")) return;
    event.preventDefault();
    event.target.form.requestSubmit(event.target.form.querySelector("button:not([type=button])"));
  });

  // A toast goes by itself, unless somebody is at it.
  const fade = (toast) => {
    const wait = () => setTimeout(() => (toast.matches(":hover, :focus-within") ? wait() : toast.remove()), 10000);
    wait();
  };
  const toasts = document.querySelector(".toasts");
  if (toasts) {
    toasts.querySelectorAll(".toast:not([role=alert])").forEach(fade);
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) {
        for (const node of addedNodes) if (node.matches?.(".toast:not([role=alert])")) fade(node);
      }
    }).observe(toasts, { childList: true });
  }

  // An error that answers htmx is shown as a toast; what the person was looking at stays.
  on("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status < 400 || !detail.serverResponse.includes("data-fault")) return;
    detail.shouldSwap = true;
    detail.isError = false;
    detail.target = toasts;
    detail.swapOverride = "beforeend";
  });

  // Drop zones take files that are dropped on them.
  for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
    on(type, (event) => {
      const zone = event.target.closest?.(".drop");
      if (!zone) return;
      event.preventDefault();
      zone.classList.toggle("over", type === "dragenter" || type === "dragover");
      if (type !== "drop") return;
      const input = zone.querySelector("input");
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  // Files are sent one by one, each with its progress: <form data-upload> with a file input and a list
  // [data-upload-progress]. Without a script the form sends them all at once.
  const sendFile = (form, file) =>
    new Promise((done) => {
      const { uploadFailed, uploadDone, uploadLimit, uploadLarge } = form.dataset;
      const line = document.createElement("li");
      const words = line.appendChild(document.createElement("span"));
      words.className = "grow";
      words.appendChild(document.createElement("b")).textContent = file.name;
      const bar = words.appendChild(document.createElement("progress"));
      bar.ariaLabel = file.name;
      const said = words.appendChild(document.createElement("small"));
      form.querySelector("[data-upload-progress]").append(line);
      const end = (text, good) => {
        bar.remove();
        said.textContent = text;
        said.classList.toggle("bad", !good);
        done(good);
      };
      if (file.size > Number(uploadLimit)) return end(uploadLarge, false);
      const body = new FormData(form);
      body.delete("file");
      body.append("file", file);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.upload.onprogress = ({ loaded, total }) => ([bar.value, bar.max] = [loaded, total]);
      request.onerror = () => end(uploadFailed, false);
      request.onload = () => {
        if (request.status === 201) return end(uploadDone, true);
        let detail = uploadFailed;
        try {
          detail = JSON.parse(request.responseText).detail;
        } catch {}
        end(detail, false);
      };
      request.send(body);
    });
  const sendAll = async (form, input) => {
    const files = [...input.files];
    input.value = "";
    let sent = 0;
    for (const file of files) sent += await sendFile(form, file);
    if (!sent) return;
    form.elements.note.value = "";
    htmx.ajax("GET", location.pathname, { target: "#list", swap: "outerHTML", select: "#list" });
  };
  on("submit", (event) => {
    const input = event.target.matches("form[data-upload]") && event.target.querySelector("input[type=file]");
    if (!input || !input.files.length) return;
    event.preventDefault();
    sendAll(event.target, input);
  });
  on("change", ({ target }) => {
    if (!target.matches("form[data-upload] input[type=file]")) return;
    const named = target.closest(".drop").querySelector("b");
    named.dataset.words ??= named.textContent;
    named.textContent = [...target.files].map((file) => file.name).join(", ") || named.dataset.words;
  });

  // A form with frames in it (a payment provider's card fields): where the chosen way has one, sending the form asks the
  // frame for a token first, and tells it what is to be charged and whether it is kept. <form data-frames> <input name="token"> <iframe
  // data-origin="https://…"> <… id="sum" data-amount="60.00" data-currency="USD">; what is typed into the frame stays
  // there. The form is sent once. What is said between the two: portico.payments.gateway.values.FieldsPage.
  const framed = document.querySelector("form[data-frames]");
  if (framed) {
    const frames = () => [...framed.querySelectorAll("iframe[data-origin]")];
    const chosen = () => framed.querySelector(".method:has(> label :checked) iframe[data-origin]");
    const tell = (type) => {
      const frame = chosen();
      const { amount, currency } = document.getElementById("sum")?.dataset ?? {};
      const save = !!frame?.closest(".method").querySelector("input[name^=save-]:checked");
      frame?.contentWindow.postMessage({ type, amount, currency, save }, frame.dataset.origin);
    };
    const wait = (waiting) => {
      framed.toggleAttribute("data-waiting", waiting);
      framed.querySelectorAll(".btn.primary").forEach((button) => (button.ariaBusy = waiting ? "true" : null));
    };
    framed.addEventListener("submit", (event) => {
      const frame = chosen();
      const asks = frame && !framed.elements.token.value && !event.submitter?.hasAttribute("data-no-frame");
      if (framed.hasAttribute("data-waiting")) return event.preventDefault();
      if (event.submitter?.hasAttribute("formaction")) return;
      wait(true);
      if (!asks) return; // a saved method, a provider's own site, a button that charges nobody: there is no token
      event.preventDefault();
      tell("portico.tokenise");
    });
    framed.addEventListener("change", ({ target }) => {
      tell("portico.charge");
      // Another way was chosen: a frame that has not answered is not waited for.
      if (!target.matches(".method > label > input")) return;
      framed.elements.token.value = "";
      wait(false);
    });
    addEventListener("message", ({ data, origin, source }) => {
      const frame = frames().find((each) => each.contentWindow === source);
      if (!frame || origin !== frame.dataset.origin || typeof data !== "object" || data === null) return;
      if (["ready", "height"].includes(data.type) && Number.isFinite(data.height)) {
        frame.style.blockSize = `${Math.min(Math.max(data.height, 100), 1200)}px`;
      }
      if (!("heard" in frame.dataset)) {
        frame.dataset.heard = "";
        // The form was sent before the frame was there to hear it.
        const missed = frame === chosen() && framed.hasAttribute("data-waiting") && !framed.elements.token.value;
        if (missed) tell("portico.tokenise");
      }
      if (data.type === "ready" && frame === chosen()) tell("portico.charge");
      if (data.type === "invalid" && frame === chosen()) {
        wait(false);
        frame.focus();
      }
      if (data.type === "token" && frame === chosen() && framed.hasAttribute("data-waiting")) {
        framed.elements.token.value = data.token;
        framed.submit();
      }
    });
    // Shown again from the browser's memory, it must not send what it sent before.
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  }
}
