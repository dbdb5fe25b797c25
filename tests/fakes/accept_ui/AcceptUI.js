// A stand-in for Authorize.Net's AcceptUI.js, from its public description and from what the real one does in a page: it
// makes a style element, a layer and a frame; its button opens them; the answer goes to the function that is named.
(() => {
  const origin = new URL(document.currentScript.src).origin;
  const KNOWN = {
    "data-billingaddressoptions": (given) => shape(given, { show: "boolean", required: "boolean" }),
    "data-paymentoptions": (given) => shape(given, { showCreditCard: "boolean", showBankAccount: "boolean" }),
    "data-apiloginid": Boolean,
    "data-clientkey": Boolean,
    "data-acceptuiformbtntxt": Boolean,
    "data-acceptuiformheadertxt": Boolean,
    "data-responsehandler": (given) => typeof window[given] === "function",
  };
  const shape = (given, known) =>
    Object.entries(JSON.parse(given)).every(([name, value]) => typeof value === known[name]);

  const start = () => {
    const button = document.getElementsByClassName("AcceptUI")[0];
    for (const { name, value } of button.attributes) {
      if (name.startsWith("data-") && !KNOWN[name]?.(value)) throw new Error(`AcceptUI: ${name}="${value}"?`);
    }
    for (const name of Object.keys(KNOWN)) if (!button.hasAttribute(name)) throw new Error(`AcceptUI: no ${name}`);
    if (button.type !== "button" || !button.closest("form")) throw new Error("AcceptUI: a button in a form is needed.");

    const style = document.head.appendChild(document.createElement("style"));
    style.innerHTML =
      "#AcceptUIBackground{visibility:hidden;opacity:0;z-index:-1}" +
      "#AcceptUIBackground.show{visibility:visible;opacity:.6;z-index:998}" +
      "#AcceptUIContainer{visibility:hidden;opacity:0;z-index:-1}" +
      "#AcceptUIContainer.show{visibility:visible;opacity:1;z-index:999}";
    let frame = null;
    const make = () => {
      document.getElementById("AcceptUIContainer")?.remove();
      document.getElementById("AcceptUIBackground")?.remove();
      const layer = document.body.appendChild(document.createElement("div"));
      layer.id = "AcceptUIBackground";
      Object.assign(layer.style, { position: "fixed", inset: "0", background: "#000" });
      const box = document.body.appendChild(document.createElement("div"));
      box.id = "AcceptUIContainer";
      Object.assign(box.style, {
        position: "absolute", top: "1rem", left: "50%", width: "min(550px, 96%)", transform: "translateX(-50%)", height: "36rem",
      });
      frame = box.appendChild(document.createElement("iframe"));
      const hello = { verifyOrigin: "AcceptUI", type: "SYNC", pktData: location.origin };
      frame.src = `${origin}/v3/acceptMain/acceptMain.html#${encodeURIComponent(JSON.stringify(hello))}`;
      Object.assign(frame.style, { width: "100%", height: "100%", border: "0" });
    };
    const open = (event) => {
      document.getElementById("AcceptUIContainer").className = "show";
      document.getElementById("AcceptUIBackground").className = "show";
      event.stopPropagation();
      event.preventDefault();
    };
    if ("ontouchstart" in window) button.addEventListener("touchend", open);
    button.addEventListener("click", open);
    window.addEventListener("message", ({ source, origin: from, data }) => {
      if (source !== frame.contentWindow || from !== origin || data?.verifyOrigin !== "AcceptMain") return;
      if (data.type === "ACK") {
        const pktData = { ...button.dataset, parentUrl: location.href };
        frame.contentWindow.postMessage({ verifyOrigin: "AcceptUI", type: "INIT", pktData }, origin);
      }
      if (data.type === "RESPONSE") window[button.getAttribute("data-responseHandler")](data.pktData);
      if (["RESPONSE", "CLOSE_IFRAME"].includes(data.type)) make();
    });
    make();
  };
  if (document.readyState === "complete") start();
  else document.addEventListener("readystatechange", () => document.readyState === "complete" && start());
})();
